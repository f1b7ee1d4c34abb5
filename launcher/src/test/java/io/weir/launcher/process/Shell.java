package io.weir.launcher.process;

import java.nio.file.Path;
import java.util.List;

/** Small real children for tests. */
final class Shell {
    private Shell() {
    }

    static ChildSpec child(String name, Role role, Path folder, String script) {
        return ChildSpec.of(name, role, List.of("/bin/sh", "-c", script), folder.resolve(name + ".log"));
    }

    /** Stays until it is asked to end, then writes its name into a file. */
    static ChildSpec writingWhenAsked(String name, Role role, Path folder, Path order) {
        return child(name, role, folder, "trap 'echo " + name + " >> " + order + "; exit 0' " + role.signal()
                + "; echo up; while :; do sleep 0.05; done");
    }
}
