package io.weir.gateway.http;

import io.vertx.ext.web.RoutingContext;
import io.weir.router.IdSource;
import io.weir.router.RequestId;

/** The server-made id of each request, kept with it, on every answer as {@code x-request-id}. */
public final class RequestIds {

    static final String HEADER = "x-request-id";
    private static final String KEY = "weir.request";

    private final IdSource ids;

    public RequestIds(IdSource ids) {
        this.ids = ids;
    }

    RequestId of(RoutingContext context) {
        RequestId id = context.get(KEY);
        if (id == null) {
            id = ids.next();
            context.put(KEY, id);
            context.response().putHeader(HEADER, id.toString());
        }
        return id;
    }
}
