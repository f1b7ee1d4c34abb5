package io.weir.engine.pool;

import java.nio.charset.StandardCharsets;

/** Responses as they stand on the wire. */
final class Http {

    static final String STREAM_HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n";
    static final String END = "0\r\n\r\n";

    private Http() {}

    static String json(String body) {
        return response("200 OK", "application/json", body);
    }

    static String response(String status, String type, String body, String... headers) {
        StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append("\r\n");
        if (!type.isEmpty()) {
            head.append("content-type: ").append(type).append("\r\n");
        }
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        return head.append("content-length: ").append(length).append("\r\n\r\n").append(body).toString();
    }

    static String chunk(String text) {
        return Integer.toHexString(text.getBytes(StandardCharsets.UTF_8).length) + "\r\n" + text + "\r\n";
    }

    static String data(String json) {
        return "data: " + json + "\n\n";
    }

    static String delta(String fields) {
        return data("{\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{" + fields + "},\"finish_reason\":null}]}");
    }

    static String finish(String reason) {
        return data("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" + reason + "\"}]}");
    }
}
