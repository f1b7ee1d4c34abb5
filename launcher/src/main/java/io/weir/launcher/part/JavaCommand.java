package io.weir.launcher.part;

import io.weir.launcher.data.DataFolder;
import io.weir.launcher.process.ChildSpec;
import io.weir.launcher.process.Role;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Children that are Java programs: they run on the launcher's own JDK and carry a property by which they are recognised. */
final class JavaCommand {
    private final Path java;
    private final DataFolder data;

    JavaCommand(DataFolder data) {
        this.java = Path.of(System.getProperty("java.home"), "bin", "java");
        this.data = data;
    }

    ChildSpec child(String name, Role role, List<String> arguments) {
        String marker = "-Dweir.child=" + name + "@" + data.root();
        List<String> command = Stream.concat(Stream.of(java.toString(), marker), arguments.stream()).toList();
        return ChildSpec.of(name, role, command, data.log(name)).recognisedBy(java, marker);
    }
}
