package io.weir.blackbox.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The verifier against AWS's published test suite, and each vector's negative twins: one change, one refusal. */
class SigV4VerifierTest {

    private static final String MISMATCH = "InvalidSignatureException";
    private static final JsonNode SUITE = suite();
    private static final Instant AT = Instant.parse(SUITE.get("at").textValue());

    static Stream<Vector> vectors() {
        return StreamSupport.stream(SUITE.get("vectors").spliterator(), false).map(Vector::new);
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void published_vector_is_accepted(Vector vector) {
        // Given
        SigV4Verifier verifier = verifier(vector, AT);
        // When
        var refusal = verifier.refusal(vector.request());
        // Then
        assertThat(refusal).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void one_changed_digit_of_the_signature_is_refused(Vector vector) {
        // Given
        String signature = vector.node.get("signature").textValue();
        char last = signature.charAt(63);
        String forged = signature.substring(0, 63) + (last == '0' ? '1' : '0');
        // When
        var refusal = verifier(vector, AT).refusal(vector.signedWith(forged));
        // Then
        assertThat(refusal.map(AwsError::type)).contains(MISMATCH);
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void a_changed_body_is_refused(Vector vector) {
        // Given
        WireRequest signed = vector.request();
        byte[] longer = (vector.node.get("body").textValue() + " ").getBytes(StandardCharsets.UTF_8);
        WireRequest tampered = new WireRequest(signed.method(), signed.path(), signed.query(), signed.headers(), longer);
        // When
        var refusal = verifier(vector, AT).refusal(tampered);
        // Then
        assertThat(refusal.map(AwsError::type)).contains(MISMATCH);
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void another_path_query_or_method_is_refused(Vector vector) {
        // Given
        WireRequest r = vector.request();
        List<WireRequest> tampered = List.of(
                new WireRequest(r.method(), r.path() + "x", r.query(), r.headers(), r.body()),
                new WireRequest(r.method(), r.path(), r.query() + "&x=y", r.headers(), r.body()),
                new WireRequest("PUT", r.path(), r.query(), r.headers(), r.body()));
        // When
        var refusals = tampered.stream().map(verifier(vector, AT)::refusal).toList();
        // Then
        assertThat(refusals).allSatisfy(refusal -> assertThat(refusal.map(AwsError::type)).contains(MISMATCH));
    }

    @Test
    void five_minutes_of_skew_are_allowed_and_no_second_more() {
        // Given
        Vector vector = vectors().filter(v -> v.toString().equals("get-vanilla")).findFirst().orElseThrow();
        Duration allowed = Duration.ofMinutes(5);
        Duration tooMuch = allowed.plusSeconds(1);
        // When
        var outcomes = Stream.of(AT.plus(allowed), AT.minus(allowed), AT.plus(tooMuch), AT.minus(tooMuch))
                .map(now -> verifier(vector, now).refusal(vector.request()).map(AwsError::message).orElse("accepted"))
                .toList();
        // Then
        assertThat(outcomes.subList(0, 2)).containsExactly("accepted", "accepted");
        assertThat(outcomes.get(2)).startsWith("Signature expired: 20150830T123600Z is now earlier than");
        assertThat(outcomes.get(3)).startsWith("Signature not yet current: 20150830T123600Z is still later than");
    }

    @Test
    void another_secret_key_region_or_service_is_refused_by_its_own_name() {
        // Given
        WireRequest request = vectors().filter(v -> v.toString().equals("get-vanilla")).findFirst().orElseThrow().request();
        String id = text("accessKeyId");
        AccessKey right = AccessKey.permanent(id, text("secretAccessKey"));
        Clock clock = Clock.fixed(AT, ZoneOffset.UTC);
        // When
        var secret = new SigV4Verifier(List.of(AccessKey.permanent(id, "another")), "us-east-1", "service", clock).refusal(request);
        var unknown = new SigV4Verifier(List.of(AccessKey.permanent("AKIDOTHER", "x")), "us-east-1", "service", clock).refusal(request);
        var region = new SigV4Verifier(List.of(right), "eu-west-1", "service", clock).refusal(request);
        var service = new SigV4Verifier(List.of(right), "us-east-1", "bedrock", clock).refusal(request);
        // Then
        assertThat(secret.map(AwsError::type)).contains(MISMATCH);
        assertThat(unknown.map(AwsError::type)).contains("UnrecognizedClientException");
        assertThat(region.map(AwsError::message)).contains("Credential should be scoped to a valid region.");
        assertThat(service.map(AwsError::message)).contains("Credential should be scoped to correct service: 'bedrock'.");
    }

    @Test
    void session_token_must_come_along_match_and_live() {
        // Given
        Vector vector = vectors().filter(v -> v.toString().equals("get-vanilla-with-session-token")).findFirst().orElseThrow();
        WireRequest request = vector.request();
        WireRequest without = new WireRequest(request.method(), request.path(), request.query(),
                request.headers().stream().filter(h -> !h.getKey().equals("x-amz-security-token")).toList(), request.body());
        // When
        var lapsed = verifier(List.of(temporary(text("sessionToken"), AT)), AT).refusal(request);
        var wrong = verifier(List.of(temporary("another", AT.plusSeconds(1))), AT).refusal(request);
        var missing = verifier(List.of(temporary(text("sessionToken"), AT.plusSeconds(1))), AT).refusal(without);
        var live = verifier(List.of(temporary(text("sessionToken"), AT.plusSeconds(1))), AT).refusal(request);
        // Then
        assertThat(lapsed.map(AwsError::type)).contains("ExpiredTokenException");
        assertThat(wrong.map(AwsError::type)).contains("UnrecognizedClientException");
        assertThat(missing.map(AwsError::type)).contains("UnrecognizedClientException");
        assertThat(live).isEmpty();
    }

    @Test
    void an_unsigned_amz_header_an_unsigned_payload_and_no_authorization_are_refused() {
        // Given
        Vector vector = vectors().filter(v -> v.toString().equals("get-vanilla")).findFirst().orElseThrow();
        WireRequest r = vector.request();
        // When
        var extra = verifier(vector, AT).refusal(with(r, "x-amz-target", "Other"));
        var unsigned = verifier(vector, AT).refusal(with(r, "X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"));
        var none = verifier(vector, AT).refusal(new WireRequest("GET", "/", "", List.of(), new byte[0]));
        // Then
        assertThat(extra.map(AwsError::message)).contains("'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.");
        assertThat(unsigned.map(AwsError::type)).contains(MISMATCH);
        assertThat(none.map(AwsError::type)).contains("MissingAuthenticationTokenException");
    }

    private static WireRequest with(WireRequest r, String name, String value) {
        List<Map.Entry<String, String>> headers = new ArrayList<>(r.headers());
        headers.add(Map.entry(name, value));
        return new WireRequest(r.method(), r.path(), r.query(), headers, r.body());
    }

    private static SigV4Verifier verifier(Vector vector, Instant now) {
        return vector.toString().endsWith("session-token")
                ? verifier(List.of(temporary(text("sessionToken"), AT.plusSeconds(3600))), now)
                : verifier(List.of(AccessKey.permanent(text("accessKeyId"), text("secretAccessKey"))), now);
    }

    private static SigV4Verifier verifier(List<AccessKey> keys, Instant now) {
        return new SigV4Verifier(keys, text("region"), text("service"), Clock.fixed(now, ZoneOffset.UTC));
    }

    private static AccessKey temporary(String token, Instant expires) {
        return AccessKey.temporary(text("accessKeyId"), text("secretAccessKey"), token, expires);
    }

    private static String text(String field) {
        return SUITE.get(field).textValue();
    }

    private static JsonNode suite() {
        try (InputStream in = SigV4VerifierTest.class.getResourceAsStream("/bedrock/sigv4-vectors.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(in));
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    record Vector(JsonNode node) {

        WireRequest request() {
            return signedWith(node.get("signature").textValue());
        }

        WireRequest signedWith(String signature) {
            List<Map.Entry<String, String>> headers = new ArrayList<>();
            for (JsonNode line : node.get("headers")) {
                String[] halves = line.textValue().split(":", 2);
                headers.add(Map.entry(halves[0], halves[1]));
            }
            headers.add(Map.entry("Authorization", "AWS4-HMAC-SHA256 Credential=" + text("accessKeyId") + "/20150830/us-east-1/service/aws4_request,"
                    + " SignedHeaders=" + node.get("signedHeaders").textValue() + ", Signature=" + signature));
            headers.replaceAll(header -> header.getKey().startsWith("x-amz-") || header.getKey().equals("host")
                    ? Map.entry(header.getKey(), header.getValue().strip()) : header);
            return new WireRequest(node.get("method").textValue(), node.get("path").textValue(), node.get("query").textValue(), headers,
                    node.get("body").textValue().getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String toString() {
            return node.get("name").textValue();
        }
    }
}
