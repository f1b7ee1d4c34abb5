package io.weir.launcher;

import io.weir.launcher.base.LaunchFailure;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/** What a verb finds around it; read once in {@code main}. */
record Surroundings(Map<String, String> environment, Properties properties, Path home, PrintStream out, PrintStream err) {

    static Surroundings current() {
        return new Surroundings(System.getenv(), System.getProperties(), home(System.getProperties()), System.out, System.err);
    }

    SettingsReader settings() {
        return new SettingsReader(environment, properties, home);
    }

    /** {@code -Dweir.home}, else the folder three levels above the launcher's jar: CLONE/launcher/target/weir-launcher.jar. */
    private static Path home(Properties properties) {
        String given = properties.getProperty("weir.home", "");
        if (!given.isEmpty()) {
            return Path.of(given).toAbsolutePath().normalize();
        }
        try {
            Path jar = Path.of(Surroundings.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            return jar.getParent().getParent().getParent();
        } catch (URISyntaxException e) {
            throw new LaunchFailure("Cannot tell where Weir lies; pass -Dweir.home=DIR.", e);
        }
    }
}
