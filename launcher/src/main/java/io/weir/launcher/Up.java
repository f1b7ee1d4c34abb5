package io.weir.launcher;

import io.weir.launcher.base.LaunchFailure;
import io.weir.launcher.base.Machine;
import io.weir.launcher.data.DataFolder;
import io.weir.launcher.part.Gateway;
import io.weir.launcher.process.Orphans;
import io.weir.launcher.process.Ports;
import io.weir.launcher.process.RestartPolicy;
import io.weir.launcher.process.Supervisor;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The verb {@code up}: starts everything and stays until a signal or a child that keeps dying. Whatever the way out, all children are
 * stopped before the launcher ends.
 */
final class Up {
    /** Management ports follow the API ports at this distance where they are free: 8080 and 9080. */
    private static final int MANAGEMENT_DISTANCE = 1_000;
    private static final int PORT_MAX = 65_535;

    private final Surroundings surroundings;
    private final Settings settings;
    private final Console console;
    private final SecureRandom random = new SecureRandom();

    Up(Surroundings surroundings, Settings settings, Console console) {
        this.surroundings = surroundings;
        this.settings = settings;
        this.console = console;
    }

    /** Returns the exit status once everything is stopped. A signal ends the process with status 0 from another thread. */
    int run() {
        Machine machine = Machine.current(surroundings.environment().getOrDefault("PATH", ""));
        try (DataFolder data = DataFolder.open(settings.data(), machine)) {
            StateFile state = new StateFile(data.stateFile());
            state.remove();
            new Orphans(data.runFolder(), console).stop();
            Ports ports = new Ports(random);
            List<Gateway> gateways = gateways(ports);
            Supervisor supervisor =
                    new Supervisor(machine, data.runFolder(), console, RestartPolicy.threeAMinute(), System::nanoTime);
            Ending ending = new Ending(supervisor, state, console);
            Stores stores = new Stores(settings, machine, data, supervisor, console);
            return supervised(new Start(surroundings, settings, stores, console), gateways, new Watched(ports, state, ending));
        }
    }

    private record Watched(Ports ports, StateFile state, Ending ending) {
    }

    private int supervised(Start start, List<Gateway> gateways, Watched watched) {
        Ending ending = watched.ending();
        ending.onSignal();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                start.run(gateways, watched.ports(), threads, watched.state());
                String failure = start.awaitFailure();
                if (failure == null) {
                    return ending.byItself(0);
                }
                surroundings.err().println("weir: " + failure);
            } catch (LaunchFailure e) {
                if (!ending.signalled()) {
                    surroundings.err().println("weir: " + e.getMessage());
                }
            } catch (RuntimeException e) {
                if (!ending.signalled()) {
                    e.printStackTrace(surroundings.err());
                }
            }
            // Before the threads are waited for: they wait for children.
            return ending.byItself(1);
        }
    }

    private List<Gateway> gateways(Ports ports) {
        List<Integer> api = new ArrayList<>();
        for (int i = 0; i < settings.gateways(); i++) {
            api.add(settings.port() == 0 ? ports.free() : claimed(ports, settings.port() + i));
        }
        List<Gateway> gateways = new ArrayList<>();
        for (int i = 0; i < api.size(); i++) {
            gateways.add(new Gateway("gateway-" + i, api.get(i), managementPort(ports, api.get(i))));
        }
        return gateways;
    }

    private static int claimed(Ports ports, int port) {
        if (!ports.claim(port)) {
            throw new LaunchFailure("Port " + port + " on 127.0.0.1 is taken or may not be used: choose another with --port P, or let"
                    + " the system choose with --port 0.");
        }
        return port;
    }

    private int managementPort(Ports ports, int apiPort) {
        int near = apiPort + MANAGEMENT_DISTANCE;
        return settings.port() != 0 && near <= PORT_MAX && ports.claim(near) ? near : ports.free();
    }
}
