package io.weir.engine.moe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** llama.cpp's recorded greedy answers for the two model files. */
final class Fixtures {
    private Fixtures() {}

    /** One recorded answer; {@code tokens} is empty where only the text was recorded. */
    record Case(String prompt, String completion, List<Integer> tokens) {}

    static List<Case> read(String resource) throws IOException {
        List<Case> cases = new ArrayList<>();
        try (InputStream in = Fixtures.class.getResourceAsStream(resource)) {
            for (JsonNode node : new JsonMapper().readTree(in).get("cases")) {
                List<Integer> tokens = new ArrayList<>();
                node.path("tokens").forEach(token -> tokens.add(token.intValue()));
                cases.add(new Case(node.get("prompt").textValue(), node.get("completion").textValue(), tokens));
            }
        }
        return cases;
    }
}
