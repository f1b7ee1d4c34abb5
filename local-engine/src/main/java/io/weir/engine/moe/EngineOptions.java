package io.weir.engine.moe;

import java.util.List;

/**
 * The command line of the engine.
 *
 * @param model   a file, or {@code small} or {@code tiny}
 * @param host    the address to bind
 * @param port    0 lets the system choose
 * @param threads lanes that compute, each with its own batch
 */
record EngineOptions(String model, String host, int port, int threads) {
    static final String USAGE = "usage: EngineMain [--model FILE|small|tiny] [--host ADDRESS] [--port PORT] [--threads COUNT]";
    private static final int PORT_MAX = 65_535;
    private static final int THREADS_MAX = 256;

    /** Reads the arguments; an unknown or malformed one ends in {@link IllegalArgumentException} with a sentence. */
    static EngineOptions parse(List<String> arguments) {
        EngineOptions options = new EngineOptions("small", "127.0.0.1", 0, 1);
        for (int i = 0; i < arguments.size(); i += 2) {
            String name = arguments.get(i);
            if (i + 1 == arguments.size()) {
                throw new IllegalArgumentException(name + " needs a value; " + USAGE);
            }
            String value = arguments.get(i + 1);
            options = switch (name) {
                case "--model" -> new EngineOptions(value, options.host, options.port, options.threads);
                case "--host" -> new EngineOptions(options.model, value, options.port, options.threads);
                case "--port" -> new EngineOptions(options.model, options.host, number(name, value, 0, PORT_MAX), options.threads);
                case "--threads" -> new EngineOptions(options.model, options.host, options.port, number(name, value, 1, THREADS_MAX));
                default -> throw new IllegalArgumentException("unknown argument " + name + "; " + USAGE);
            };
        }
        return options;
    }

    private static int number(String name, String value, int least, int most) {
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // said below, together with numbers out of range
        }
        throw new IllegalArgumentException(name + " must be a number from " + least + " to " + most);
    }
}
