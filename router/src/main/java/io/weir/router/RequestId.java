package io.weir.router;

import java.util.UUID;

/** A server-made UUIDv7: the request, its reservation and its ledger entries all carry it. */
public record RequestId(UUID value) {

    public static RequestId parse(String text) {
        return new RequestId(UUID.fromString(text));
    }

    /** The id the OpenAI dialect shows: {@code chatcmpl-<request id>}. */
    public String chatId() {
        return "chatcmpl-" + value;
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
