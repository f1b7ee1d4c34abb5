package io.weir.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class ReceiptTest {

    private static String line(String json) throws JsonProcessingException {
        return Receipt.line("id", new ObjectMapper().readTree(json));
    }

    @Test
    void whatIsNotKnownIsNotShownAsZero() throws JsonProcessingException {
        // When
        String line = line("{\"state\":\"settled\",\"usage\":{},\"cost\":{}}");

        // Then
        assertThat(line).isEqualTo("-- route unknown (model unknown) | complexity unknown | why: unknown | tokens unknown | cost unknown | id");
    }

    @Test
    void aVoidedRequestIsCalledSo() throws JsonProcessingException {
        // When
        String line = line("""
                {"state":"voided","route":"bedrock","model":"m","rule":"r","complexity":{"milli":700,"signals":["length"]},
                 "usage":{"inputFresh":0,"cacheRead":0,"cacheWrite":0,"output":0},"cost":{"amount":"0","currency":"USD"}}""");

        // Then
        assertThat(line).isEqualTo("-- bedrock (m) | complexity 0.700 | why: r (length) | 0 tokens in, 0 out | 0 USD | voided | id");
    }
}
