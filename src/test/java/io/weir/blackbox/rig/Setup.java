package io.weir.blackbox.rig;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How to start the product.
 *
 * @param name        for the logs that are kept
 * @param flags       of {@code ./weir up}, besides {@code --data} and {@code --port 0}
 * @param environment variables added to this process's own
 * @param data        an existing data folder, or none: a fresh one, removed at the end
 */
public record Setup(String name, List<String> flags, Map<String, String> environment, Optional<Path> data) {

    public Setup {
        flags = List.copyOf(flags);
        environment = Map.copyOf(environment);
    }

    public static Setup named(String name) {
        return new Setup(name, List.of(), Map.of(), Optional.empty());
    }

    public Setup with(String... more) {
        List<String> longer = new ArrayList<>(flags);
        longer.addAll(List.of(more));
        return new Setup(name, longer, environment, data);
    }

    public Setup with(Map<String, String> variables) {
        Map<String, String> more = new HashMap<>(environment);
        more.putAll(variables);
        return new Setup(name, flags, more, data);
    }

    /** Over the folder of an earlier start. */
    public Setup over(Path folder) {
        return new Setup(name, flags, environment, Optional.of(folder));
    }
}
