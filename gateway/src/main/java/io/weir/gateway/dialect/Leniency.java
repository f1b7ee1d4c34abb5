package io.weir.gateway.dialect;

import io.weir.tenancy.Unsupported;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Refuses what is not built, or passes over it and keeps its name: as the tenant chose. For one request. */
final class Leniency {

    private final Unsupported unsupported;
    private final Set<String> ignored = new LinkedHashSet<>();

    Leniency(Unsupported unsupported) {
        this.unsupported = unsupported;
    }

    /**
     * The value the cursor stands on is not built.
     *
     * @param name a constant, so that a caller's bytes never reach a header
     */
    void meet(JsonCursor in, String name) {
        if (unsupported == Unsupported.REFUSE) {
            throw in.unsupported();
        }
        in.skip();
        ignored.add(name);
    }

    /** As {@link #meet}, for a value read already. */
    void met(String path, String name) {
        if (unsupported == Unsupported.REFUSE) {
            throw JsonCursor.refusal(JsonCursor.UNSUPPORTED, path, "is not supported here, or not with this value");
        }
        ignored.add(name);
    }

    List<String> ignored() {
        return List.copyOf(ignored);
    }
}
