package io.weir.launcher.process;

import io.weir.launcher.base.Progress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps every line. */
public final class RecordedProgress implements Progress {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public void step(String what) {
        lines.add(what);
    }

    @Override
    public void warn(String what) {
        lines.add("! " + what);
    }

    public List<String> lines() {
        return lines;
    }
}
