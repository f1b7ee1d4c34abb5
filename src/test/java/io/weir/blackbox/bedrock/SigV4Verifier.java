package io.weir.blackbox.bedrock;

import java.io.ByteArrayOutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Checks AWS Signature Version 4 in the {@code Authorization} header as the service does: the canonical request is rebuilt from what came
 * over the wire and signed with the secret of the key named. Refusals carry AWS's error names and sentences. Pure and thread-safe.
 *
 * <p>Source: AWS IAM user guide, "Create a signed AWS API request" (path segments are encoded once more, S3 excepted).
 */
final class SigV4Verifier {

    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final Duration SKEW = Duration.ofMinutes(5);
    private static final DateTimeFormatter AMZ_DATE = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'");
    private static final String MISMATCH = "The request signature we calculated does not match the signature you provided. Check your AWS"
            + " Secret Access Key and signing method. Consult the service documentation for details.";

    private final Map<String, AccessKey> keys;
    private final String region;
    private final String service;
    private final Clock clock;

    SigV4Verifier(Collection<AccessKey> keys, String region, String service, Clock clock) {
        this.keys = keys.stream().collect(Collectors.toUnmodifiableMap(AccessKey::id, Function.identity()));
        this.region = region;
        this.service = service;
        this.clock = clock;
    }

    /** Empty when the request is authentic, else what AWS would answer. */
    Optional<AwsError> refusal(WireRequest request) {
        try {
            verify(request);
            return Optional.empty();
        } catch (Refused refused) {
            return Optional.of(refused.error);
        }
    }

    private void verify(WireRequest request) throws Refused {
        Optional<String> authorization = request.header("authorization");
        if (authorization.isEmpty()) {
            throw new Refused("MissingAuthenticationTokenException", "Missing Authentication Token");
        }
        Claim claim = Claim.parse(authorization.get());
        String amzDate = request.header("x-amz-date")
                .orElseThrow(() -> new Refused("IncompleteSignatureException", "Authorization header requires existence of either a"
                        + " 'X-Amz-Date' or a 'Date' header."));
        checkScope(claim, amzDate);
        AccessKey key = checkKey(claim, request);
        checkSignedHeaders(claim, request);
        String bodyHash = bodyHash(request);
        String canonical = canonicalRequest(request, claim.signedHeaders, bodyHash);
        String toSign = ALGORITHM + '\n' + amzDate + '\n' + claim.scope() + '\n' + hex(sha256(utf8(canonical)));
        String expected = hex(hmac(signingKey(key.secret(), claim), toSign));
        if (!MessageDigest.isEqual(utf8(expected), utf8(claim.signature))) {
            throw invalid(MISMATCH);
        }
    }

    private void checkScope(Claim claim, String amzDate) throws Refused {
        Instant signedAt;
        try {
            signedAt = LocalDateTime.parse(amzDate, AMZ_DATE).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException malformed) {
            throw new Refused("IncompleteSignatureException", "Date must be in ISO-8601 'basic format'.");
        }
        Instant now = clock.instant();
        if (signedAt.isBefore(now.minus(SKEW))) {
            throw invalid("Signature expired: " + amzDate + " is now earlier than " + format(now.minus(SKEW)) + " (" + format(now) + " - 5 min.)");
        }
        if (signedAt.isAfter(now.plus(SKEW))) {
            throw invalid("Signature not yet current: " + amzDate + " is still later than " + format(now.plus(SKEW)) + " (" + format(now) + " + 5 min.)");
        }
        if (!amzDate.startsWith(claim.date)) {
            throw invalid("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP");
        }
        if (!claim.region.equals(region)) {
            throw invalid("Credential should be scoped to a valid region.");
        }
        if (!claim.service.equals(service)) {
            throw invalid("Credential should be scoped to correct service: '" + service + "'.");
        }
    }

    private AccessKey checkKey(Claim claim, WireRequest request) throws Refused {
        AccessKey key = keys.get(claim.keyId);
        Optional<String> token = request.header("x-amz-security-token");
        if (key == null || !Optional.ofNullable(key.sessionToken()).equals(token)) {
            throw new Refused("UnrecognizedClientException", "The security token included in the request is invalid.");
        }
        Instant expires = key.expires();
        if (expires != null && !clock.instant().isBefore(expires)) {
            throw new Refused("ExpiredTokenException", "The security token included in the request is expired");
        }
        return key;
    }

    /** {@code host} and every {@code x-amz-*} header sent must be among the signed ones, and each signed one must have been sent. */
    private static void checkSignedHeaders(Claim claim, WireRequest request) throws Refused {
        for (String name : claim.signedHeaders) {
            if (request.headerValues(name).isEmpty()) {
                throw invalid(MISMATCH);
            }
        }
        if (!claim.signedHeaders.equals(claim.signedHeaders.stream().sorted().distinct().toList())) {
            throw invalid(MISMATCH);
        }
        for (String name : request.headerNames()) {
            if ((name.equals("host") || name.startsWith("x-amz-")) && !claim.signedHeaders.contains(name)) {
                throw invalid("'" + name + "' must be a 'SignedHeader' in the AWS Authorization.");
            }
        }
    }

    /** The body is always hashed from what arrived; a stated hash which differs, {@code UNSIGNED-PAYLOAD} included, is refused. */
    private static String bodyHash(WireRequest request) throws Refused {
        String actual = hex(sha256(request.body()));
        Optional<String> stated = request.header("x-amz-content-sha256");
        if (stated.isPresent() && !stated.get().equals(actual)) {
            throw invalid(MISMATCH);
        }
        return actual;
    }

    /** Step 1 of the signing process; the path is taken as it came over the wire and encoded once more. */
    static String canonicalRequest(WireRequest request, List<String> signedHeaders, String bodyHash) {
        StringBuilder headers = new StringBuilder();
        for (String name : signedHeaders) {
            String joined = request.headerValues(name).stream()
                    .map(value -> value.strip().replaceAll(" +", " "))
                    .collect(Collectors.joining(","));
            headers.append(name).append(':').append(joined).append('\n');
        }
        return request.method() + '\n' + canonicalPath(request.path()) + '\n' + canonicalQuery(request.query()) + '\n' + headers + '\n'
                + String.join(";", signedHeaders) + '\n' + bodyHash;
    }

    private static String canonicalPath(String path) {
        Deque<String> segments = new ArrayDeque<>();
        for (String segment : path.split("/", -1)) {
            if (segment.equals("..")) {
                segments.pollLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                segments.addLast(segment);
            }
        }
        String joined = segments.stream().map(SigV4Verifier::encode).collect(Collectors.joining("/", "/", ""));
        return path.endsWith("/") && joined.length() > 1 ? joined + "/" : joined;
    }

    private static String canonicalQuery(String query) {
        if (query.isEmpty()) {
            return "";
        }
        List<String[]> parameters = new ArrayList<>();
        for (String pair : query.split("&")) {
            String[] halves = pair.split("=", 2);
            String value = halves.length == 2 ? halves[1] : "";
            parameters.add(new String[] {encode(decode(halves[0])), encode(decode(value))});
        }
        parameters.sort((a, b) -> a[0].equals(b[0]) ? a[1].compareTo(b[1]) : a[0].compareTo(b[0]));
        return parameters.stream().map(pair -> pair[0] + '=' + pair[1]).collect(Collectors.joining("&"));
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static String encode(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte octet : utf8(text)) {
            boolean unreserved = octet >= 'A' && octet <= 'Z' || octet >= 'a' && octet <= 'z' || octet >= '0' && octet <= '9'
                    || octet == '-' || octet == '.' || octet == '_' || octet == '~';
            if (unreserved) {
                out.write(octet);
            } else {
                out.writeBytes(utf8("%" + HexFormat.of().withUpperCase().toHexDigits(octet)));
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static byte[] signingKey(String secret, Claim claim) {
        byte[] day = hmac(utf8("AWS4" + secret), claim.date);
        return hmac(hmac(hmac(day, claim.region), claim.service), "aws4_request");
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(utf8(text));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String format(Instant instant) {
        return AMZ_DATE.format(instant.atOffset(ZoneOffset.UTC));
    }

    private static Refused invalid(String message) {
        return new Refused("InvalidSignatureException", message);
    }

    /** What the Authorization header says of itself. */
    private record Claim(String keyId, String date, String region, String service, List<String> signedHeaders, String signature) {

        static Claim parse(String header) throws Refused {
            if (!header.startsWith(ALGORITHM + " ")) {
                throw new Refused("IncompleteSignatureException", "Unsupported AWS 'algorithm'.");
            }
            String credential = "";
            String signed = "";
            String signature = "";
            for (String part : header.substring(ALGORITHM.length() + 1).split(",")) {
                String[] pair = part.strip().split("=", 2);
                String value = pair.length == 2 ? pair[1] : "";
                switch (pair[0]) {
                    case "Credential" -> credential = value;
                    case "SignedHeaders" -> signed = value;
                    case "Signature" -> signature = value;
                    default -> throw new Refused("IncompleteSignatureException", "Authorization header has an unknown parameter.");
                }
            }
            String[] scope = credential.split("/");
            if (scope.length != 5 || !scope[4].equals("aws4_request") || signed.isEmpty() || signature.isEmpty()) {
                throw new Refused("IncompleteSignatureException", "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature'.");
            }
            return new Claim(scope[0], scope[1], scope[2], scope[3], Arrays.asList(signed.split(";")), signature);
        }

        String scope() {
            return date + '/' + region + '/' + service + "/aws4_request";
        }
    }

    private static final class Refused extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient AwsError error;

        Refused(String type, String message) {
            super(type, null, false, false);
            this.error = new AwsError(403, type, message);
        }
    }
}
