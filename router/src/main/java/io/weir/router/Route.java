package io.weir.router;

/** Where an engine stands: what {@code x-weir-route} and the ledger say. */
public enum Route {
    ON_PREM("on-prem"),
    BEDROCK("bedrock");

    private final String label;

    Route(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    public static Route ofLabel(String label) {
        for (Route route : values()) {
            if (route.label.equals(label)) {
                return route;
            }
        }
        throw new IllegalArgumentException("no route is called " + label);
    }
}
