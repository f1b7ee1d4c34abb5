package io.weir.blackbox.bedrock;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/** Encodes {@code application/vnd.amazon.eventstream} frames of ConverseStream. Pure. */
final class EventFrames {

    private static final String PADDING = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private static final HeaderValue JSON = HeaderValue.fromString("application/json");

    private EventFrames() {
    }

    /** An event; {@code p} pads it to blur its length, as the service does. */
    static byte[] event(String type, ObjectNode payload, int number) {
        payload.put("p", PADDING.substring(0, 1 + number * 7 % PADDING.length()));
        return encode(Map.of(":message-type", HeaderValue.fromString("event"), ":event-type", HeaderValue.fromString(type), ":content-type", JSON),
                payload);
    }

    /** A modelled exception in the middle of a stream. */
    static byte[] exception(String type, String message) {
        ObjectNode payload = JsonNodeFactory.instance.objectNode().put("message", message);
        return encode(Map.of(":message-type", HeaderValue.fromString("exception"), ":exception-type", HeaderValue.fromString(type),
                ":content-type", JSON), payload);
    }

    /** The same frame with one bit of its message checksum flipped. */
    static byte[] damaged(byte[] frame) {
        byte[] copy = frame.clone();
        copy[copy.length - 1] ^= 1;
        return copy;
    }

    private static byte[] encode(Map<String, HeaderValue> headers, ObjectNode payload) {
        ByteBuffer buffer = new Message(headers, payload.toString().getBytes(StandardCharsets.UTF_8)).toByteBuffer();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
