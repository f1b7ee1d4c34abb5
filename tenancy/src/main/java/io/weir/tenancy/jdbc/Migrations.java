package io.weir.tenancy.jdbc;

import java.io.Reader;
import java.io.StringReader;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;

/**
 * Brings the schema up to date. Every gateway calls it once before it opens anything else; those that start at once wait for one another
 * (Flyway holds a lock in PostgreSQL). A schema newer than this build is left alone, so that an older gateway can start during a roll-back.
 */
public final class Migrations {

    /** In order. A migration that has been released is never changed: a change is a new file at the end. */
    static final List<String> FILES = List.of("V1__system_of_record.sql");

    static final String FOLDER = "migration/";

    private Migrations() {}

    /**
     * Runs what has not run yet; blocks until it is done.
     *
     * @param migrator connects as the schema's owner ({@code weir_migrator}), never as the application; the role {@code weir_app} must exist
     */
    public static void run(DataSource migrator) {
        Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(migrator)
                .resourceProvider(new Files())
                .javaMigrationClassProvider(List::of)
                .placeholderReplacement(false)
                .load()
                .migrate();
    }

    /** The files by name: nothing is searched for on the class path, whatever that is made of. */
    private static final class Files implements ResourceProvider {

        private final Map<String, Script> scripts = FILES.stream()
                .collect(Collectors.toUnmodifiableMap(name -> name, name -> new Script(name, Sql.resource(FOLDER + name))));

        @Override
        public LoadableResource getResource(String name) {
            return scripts.get(name);
        }

        @Override
        public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
            return FILES.stream()
                    .filter(name -> name.startsWith(prefix) && Arrays.stream(suffixes).anyMatch(name::endsWith))
                    .<LoadableResource>map(scripts::get)
                    .toList();
        }
    }

    private static final class Script extends LoadableResource {

        private final String name;
        private final String text;

        Script(String name, String text) {
            this.name = name;
            this.text = text;
        }

        @Override
        public Reader read() {
            return new StringReader(text);
        }

        @Override
        public String getAbsolutePath() {
            return name;
        }

        @Override
        public String getAbsolutePathOnDisk() {
            return name;
        }

        @Override
        public String getFilename() {
            return name;
        }

        @Override
        public String getRelativePath() {
            return name;
        }
    }
}
