package io.weir.launcher;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weir.launcher.base.LaunchFailure;
import io.weir.launcher.base.PrivateFile;
import io.weir.launcher.part.Gateway;
import io.weir.launcher.part.Login;
import io.weir.launcher.process.Child;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code DATA/weir.json}: what runs, where, under which process ids. It appears when Weir is ready, is replaced whole when a child was
 * restarted, and goes when Weir stops. Mode 0600: it holds the stores' credentials.
 */
final class StateFile {
    private final Path file;
    private final ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private boolean ended;

    StateFile(Path file) {
        this.file = file;
    }

    synchronized void write(Running running, List<Child> children) {
        if (ended) {
            return;
        }
        try {
            PrivateFile.write(file, json.writeValueAsString(describe(running, children)) + "\n");
        } catch (IOException e) {
            throw new LaunchFailure("Cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    /** Removes the file for good: what is written later is dropped. */
    synchronized void end() {
        ended = true;
        remove();
    }

    synchronized void remove() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new LaunchFailure("Cannot remove " + file + ": " + e.getMessage(), e);
        }
    }

    private ObjectNode describe(Running running, List<Child> children) throws IOException {
        ObjectNode root = json.createObjectNode();
        root.put("endpoint", running.first().endpoint().toString());
        root.put("management", running.first().management().toString());
        ArrayNode endpoints = root.putArray("endpoints");
        ArrayNode managements = root.putArray("managements");
        for (Gateway gateway : running.gateways()) {
            endpoints.add(gateway.endpoint().toString());
            managements.add(gateway.management().toString());
        }
        root.put("launcherPid", ProcessHandle.current().pid());
        root.put("data", running.data().root().toString());
        root.put("engine", running.engines().onPrem().toString());
        root.set("bedrock", json.valueToTree(running.engines().bedrockModels()));
        root.set("postgres", postgres(running));
        root.set("redis", redis(running));
        ArrayNode list = root.putArray("children");
        for (Child child : children) {
            list.add(describe(child, running));
        }
        return root;
    }

    private ObjectNode describe(Child child, Running running) throws IOException {
        String name = child.spec().name();
        ObjectNode node = json.createObjectNode();
        node.put("name", name);
        node.put("role", child.spec().role().name().toLowerCase(Locale.ROOT));
        node.put("pid", child.pid());
        node.put("log", child.spec().log().toString());
        switch (child.spec().role()) {
            case GATEWAY -> {
                Gateway gateway = running.gateways().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
                node.put("url", gateway.endpoint().toString());
                node.put("management", gateway.management().toString());
            }
            case ENGINE -> node.put("url", running.engines().onPrem().toString());
            case REDIS -> node.setAll(redis(running));
            case POSTGRES -> node.setAll(postgres(running));
            case TASK -> node.put("url", "");
        }
        return node;
    }

    private ObjectNode postgres(Running running) throws IOException {
        ObjectNode node = json.createObjectNode();
        node.put("jdbcUrl", running.postgres().jdbcUrl());
        login(node, "user", "password", running.postgres().app());
        login(node, "migratorUser", "migratorPassword", running.postgres().migrator());
        return node;
    }

    private static void login(ObjectNode node, String userField, String passwordField, Login login) throws IOException {
        node.put(userField, login.user());
        node.put(passwordField, PrivateFile.read(login.passwordFile()));
    }

    private ObjectNode redis(Running running) throws IOException {
        ObjectNode node = json.createObjectNode();
        Optional<Path> file = running.redis().passwordFile();
        String password = file.isPresent() ? PrivateFile.read(file.get()) : "";
        String plain = running.redis().url();
        String credentials = password.isEmpty() ? "" : ":" + encoded(password) + "@";
        node.put("url", plain.replaceFirst("://", "://" + credentials));
        node.put("password", password);
        return node;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
