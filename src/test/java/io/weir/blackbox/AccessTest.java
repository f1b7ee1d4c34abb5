package io.weir.blackbox;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.restassured.specification.RequestSpecification;
import io.weir.blackbox.rig.Admin;
import io.weir.blackbox.rig.Caller;
import io.weir.blackbox.rig.Chat;
import io.weir.blackbox.rig.HybridRig;
import io.weir.blackbox.rig.Json;
import io.weir.blackbox.rig.Reply;
import io.weir.blackbox.rig.Rigs;
import io.weir.blackbox.rig.Schemas;
import io.weir.blackbox.rig.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in, as whom, and how soon no longer. */
@ExtendWith(Rigs.class)
class AccessTest {

    private static final Chat HI = Chat.ask("hi").maxTokens(5);
    /** DESIGN 8: revocation reaches every replica within 2 s. */
    private static final Duration REVOKED = Duration.ofSeconds(2);

    private final HybridRig rig;
    private final Admin admin;
    private final Admin.Made tenant;

    AccessTest(HybridRig rig) {
        this.rig = rig;
        rig.reset();
        this.admin = rig.weir().admin();
        this.tenant = admin.tenant("access");
    }

    private RequestSpecification http() {
        return given().baseUri(rig.weir().endpoint().toString()).urlEncodingEnabled(false);
    }

    static Stream<Arguments> credentials() {
        return Stream.of(
                Arguments.of("none", "x-nothing", "KEY"),
                Arguments.of("a wrong key", "authorization", "Bearer weir_sk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
                Arguments.of("the key's beginning", "authorization", "Bearer BEGIN"),
                Arguments.of("the key and more", "authorization", "Bearer KEYx"),
                Arguments.of("the key without a scheme", "authorization", "KEY"),
                Arguments.of("the key as Basic", "authorization", "Basic BASIC"),
                Arguments.of("the key in x-api-key", "x-api-key", "KEY"),
                Arguments.of("the key in api-key", "api-key", "KEY"),
                Arguments.of("an empty bearer", "authorization", "Bearer "));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("credentials")
    void nobodyGetsInWithoutAKeyInItsPlace(String name, String header, String value) {
        // Given
        String key = tenant.caller().key();
        String sent = value.replace("BEGIN", key.substring(0, 20)).replace("KEY", key)
                .replace("BASIC", Base64.getEncoder().encodeToString((key + ":" + key).getBytes()));

        // When
        var refused = http().header(header, sent).contentType("application/json").body(HI.toString()).post("/v1/chat/completions");

        // Then
        refused.then().statusCode(401).header("www-authenticate", "Bearer").body("error.code", equalTo("invalid_api_key"));
        Schemas.check("error", Json.parse(refused.asString()));
        assertThat(refused.asString()).doesNotContain(key.substring(8, 20));
        http().header("authorization", "Bearer " + key).contentType("application/json").body(HI.toString())
                .post("/v1/chat/completions").then().statusCode(200);
    }

    @Test
    void twoCredentialsAreNone() {
        // Given
        Caller caller = tenant.caller();
        try (Wire wire = Wire.to(caller.endpoint())) {

            // When
            wire.head("GET /v1/models HTTP/1.1", caller, List.of("authorization: Bearer " + caller.key()));

            // Then
            assertThat(wire.status()).isEqualTo(401);
        }
        assertThat(caller.get("/v1/models").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"GET,/v1/models", "GET,/v1/usage", "GET,/v1/requests/0197f2a0-0000-7000-8000-000000000000", "POST,/v1/chat/completions",
        "POST,/v1/route/explain"})
    void callersPathsAreForCallers(String method, String path) {
        // When
        Reply anonymous = admin.send(method, path, body(method), "none");
        Reply asAdmin = admin.send(method, path, body(method));
        Reply asCaller = admin.send(method, path, body(method), tenant.caller().key());

        // Then
        Schemas.checkError(anonymous, 401, "invalid_api_key");
        Schemas.checkError(asAdmin, 403, "forbidden");
        assertThat(asCaller.status()).isIn(200, path.startsWith("/v1/requests") ? 404 : 200);
    }

    private static String body(String method) {
        return method.equals("POST") ? HI.toString() : "";
    }

    @ParameterizedTest
    @CsvSource({"POST,/admin/v1/tenants,400", "PUT,/admin/v1/tenants/none/limits,404", "POST,/admin/v1/tenants/none/keys,400",
        "DELETE,/admin/v1/keys/none,404", "POST,/admin/v1/prices,400", "GET,/admin/v1/usage,200"})
    void adminsPathsAreForTheAdmin(String method, String path, int whenLetIn) {
        // Given
        String body = method.startsWith("P") ? "{}" : "";

        // When
        Reply anonymous = admin.send(method, path, body, "none");
        Reply asCaller = admin.send(method, path, body, tenant.caller().key());
        Reply asAdmin = admin.send(method, path, body);

        // Then
        Schemas.checkError(anonymous, 401, "invalid_api_key");
        Schemas.checkError(asCaller, 403, "forbidden");
        assertThat(asAdmin.status()).as(asAdmin.toString()).isEqualTo(whenLetIn);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/admin/v1/usage;x", "/admin/v1;x=1/usage", "//admin/v1/usage", "/admin/./v1/usage", "/v1/../admin/v1/usage",
        "/admin/v1/%75sage", "/%61dmin/v1/usage", "/admin%2Fv1/usage", "/admin/v1/usage/", "/admin/v1/usage%3Bx", "/ADMIN/v1/usage"})
    void noSpellingOfAnAdminsPathLetsACallerIn(String path) {
        // When
        try (Wire wire = Wire.to(rig.weir().endpoint())) {
            wire.head("GET " + path + " HTTP/1.1", tenant.caller(), List.of("connection: close"));

            // Then
            assertThat(wire.status()).isIn(400, 401, 403, 404);
            assertThat(wire.awaitEnd()).doesNotContain("weir.usage");
        }
    }

    @Test
    void theTenantComesFromTheKeyAlone() {
        // Given
        Admin.Made other = admin.tenant("access-victim");

        // When
        var reply = http().header("authorization", "Bearer " + tenant.caller().key())
                .header("x-tenant-id", other.id()).header("x-weir-tenant", other.id()).header("x-user", other.id())
                .header("openai-organization", other.id()).header("openai-project", other.id()).header("x-forwarded-user", other.id())
                .contentType("application/json").body(HI.with("user", other.id()).toString())
                .post("/v1/chat/completions?tenant=" + other.id());

        // Then
        reply.then().statusCode(200);
        String id = reply.header("x-request-id");
        tenant.caller().settled(id);
        assertThat(other.caller().receipt(id).status()).isEqualTo(404);
        assertThat(other.caller().get("/v1/usage").json().path("total").path("requests").asLong()).isZero();
        assertThat(tenant.caller().get("/v1/usage?tenant=" + other.id()).json().path("total").path("requests").asLong()).isEqualTo(1);
    }

    @Test
    void aRevokedKeyIsRefusedByEveryGatewayWithinTwoSeconds() {
        // Given
        Admin.Made second = admin.key(tenant.id());
        Caller elsewhere = second.caller().at(rig.weir().endpoints().getLast());
        assertThat(elsewhere.chat(HI).status()).isEqualTo(200);

        // When
        Reply revoked = admin.send("DELETE", "/admin/v1/keys/" + second.keyId(), "");

        // Then
        assertThat(revoked.status()).isEqualTo(204);
        Schemas.checkError(second.caller().chat(HI), 401, "invalid_api_key");
        await().atMost(REVOKED).pollInterval(Duration.ofMillis(20)).until(() -> elsewhere.chat(HI).status() == 401);
        assertThat(tenant.caller().at(elsewhere.endpoint()).chat(HI).status()).as("the tenant's other key").isEqualTo(200);
        assertThat(admin.send("DELETE", "/admin/v1/keys/key-0000000000000000", "").status()).isEqualTo(404);
    }

    @Test
    void aKeyExpiresByItself() {
        // Given
        Instant end = Instant.now().plusSeconds(3);
        Reply made = admin.send("POST", "/admin/v1/tenants/" + tenant.id() + "/keys",
                "{\"name\":\"short\",\"expiresAt\":\"" + end + "\"}");
        Caller brief = rig.weir().caller(made.json().path("key").asText());

        // When
        int before = brief.chat(HI).status();
        await().atMost(Duration.ofSeconds(20)).until(() -> brief.chat(HI).status() == 401);

        // Then
        assertThat(made.status()).isEqualTo(201);
        assertThat(before).isEqualTo(200);
        assertThat(Instant.now()).isAfterOrEqualTo(end);
        Schemas.checkError(admin.send("POST", "/admin/v1/tenants/" + tenant.id() + "/keys",
                "{\"name\":\"past\",\"expiresAt\":\"2020-01-01T00:00:00Z\"}"), 400, "invalid_value");
    }

    static Stream<Arguments> adminBodies() {
        return Stream.of(
                Arguments.of("{\"requestsPerMinute\":0}", 400, "invalid_value"),
                Arguments.of("{\"requestsPerMinute\":1}", 200, ""),
                Arguments.of("{\"requestsPerMinute\":\"1\"}", 400, "invalid_value"),
                Arguments.of("{\"requestsPerMinute\":1.0}", 400, "invalid_value"),
                Arguments.of("{\"requestPerMinute\":1}", 400, "unknown_parameter"),
                Arguments.of("{\"requestsPerMinute\":1,\"requestsPerMinute\":2}", 400, "invalid_json"),
                Arguments.of("{\"requestsPerMinute\":1}{}", 400, "invalid_json"),
                Arguments.of("{\"monthlyBudgetNanos\":9007199254740992}", 400, "invalid_value"),
                Arguments.of("{\"monthlyBudgetNanos\":9007199254740991}", 200, ""),
                Arguments.of("{\"monthlyBudgetNanos\":-1}", 400, "invalid_value"),
                Arguments.of("{\"monthlyBudgetNanos\":0}", 200, ""),
                Arguments.of("", 400, "invalid_json"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("adminBodies")
    void adminBodiesAreReadStrictly(String body, int status, String code) {
        // When
        Reply reply = admin.send("PUT", "/admin/v1/tenants/" + tenant.id() + "/limits", body);

        // Then
        assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
        if (status != 200) {
            Schemas.checkError(reply, status, code);
        }
    }

    @Test
    void aTenantsIdIsTakenOnce() {
        // Given
        String body = "{\"id\":\"" + tenant.id() + "\",\"name\":\"again\"}";

        // When
        Reply again = admin.send("POST", "/admin/v1/tenants", body);
        Reply badId = admin.send("POST", "/admin/v1/tenants", body.replace(tenant.id(), "Upper_Case"));
        Reply badLabel = admin.send("POST", "/admin/v1/tenants", "{\"id\":\"x\",\"name\":\"x\",\"sensitivity\":\"secret\"}");

        // Then
        Schemas.checkError(again, 409, "conflict");
        Schemas.checkError(badId, 400, "invalid_value");
        Schemas.checkError(badLabel, 400, "invalid_value");
    }

    @Test
    void theAdminsUsageReportCoversAllTenantsOrOne() {
        // Given
        Admin.Made other = admin.tenant("access-reported");
        long own = tenant.caller().settled(tenant.caller().chat(HI).requestId()).path("costNanos").asLong();
        long theirs = other.caller().settled(other.caller().chat(HI).requestId()).path("costNanos").asLong();

        // When
        Reply one = admin.get("/admin/v1/usage?tenant=" + tenant.id());
        Reply all = admin.get("/admin/v1/usage");

        // Then
        Schemas.check("usage", one.json());
        Schemas.check("usage", all.json());
        assertThat(one.json().path("total").path("costNanos").asLong()).isEqualTo(own);
        assertThat(all.json().path("total").path("costNanos").asLong()).isGreaterThanOrEqualTo(own + theirs);
        assertThat(all.body()).contains(tenant.id(), other.id());
    }
}
