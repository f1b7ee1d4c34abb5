package io.weir.gateway.http;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import io.weir.router.IdSource;
import io.weir.router.RequestId;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Objects;

/** The server-made id of each request: made before routing, kept with it, on every answer as {@code x-request-id}. */
@Singleton
public class RequestIds {

    private static final String HEADER = "x-request-id";
    private static final String KEY = "weir.request";
    private static final int FIRST = 10_000;

    private final IdSource ids;

    RequestIds(IdSource ids) {
        this.ids = ids;
    }

    /** Gives every request its id before anything else looks at it. */
    void register(@Observes Filters filters) {
        filters.register(this::give, FIRST);
    }

    RequestId of(RoutingContext context) {
        return Objects.requireNonNull(context.get(KEY), "every request was given an id");
    }

    private void give(RoutingContext context) {
        RequestId id = ids.next();
        context.put(KEY, id);
        context.response().putHeader(HEADER, id.toString());
        context.next();
    }
}
