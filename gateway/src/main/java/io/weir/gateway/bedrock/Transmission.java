package io.weir.gateway.bedrock;

import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * How far one call's exchange with Bedrock has come, as seen below the SDK. Until its request is handed to the HTTP client (credentials looked up,
 * signed) it provably cost nothing. Written on the SDK's threads, read on the caller's.
 */
final class Transmission {

    private static final ExecutionAttribute<Transmission> KEY = new ExecutionAttribute<>("io.weir.gateway.bedrock.Transmission");

    private final String contentType;
    private volatile boolean begun;
    private volatile boolean foreign;

    /** For a call whose good answer is of that type. */
    Transmission(String contentType) {
        this.contentType = contentType;
    }

    /** The request was handed over. */
    boolean begun() {
        return begun;
    }

    /** A response says that all is well, but is not of the type asked for: it comes from something in between. */
    boolean foreign() {
        return foreign;
    }

    /** Has the call of that request marked here. */
    AwsRequestOverrideConfiguration configuration() {
        return AwsRequestOverrideConfiguration.builder().putExecutionAttribute(KEY, this).build();
    }

    private void head(SdkHttpResponse response) {
        boolean asAsked = response.firstMatchingHeader("Content-Type").orElse("").startsWith(contentType);
        foreign = response.isSuccessful() && !asAsked;
    }

    /** Marks each call just before it is handed to the HTTP client, after it was signed, and when its response's head is there. */
    static final class Mark implements ExecutionInterceptor {

        @Override
        public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
            Transmission transmission = attributes.getAttribute(KEY);
            if (transmission != null) {
                transmission.begun = true;
            }
        }

        @Override
        public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
            Transmission transmission = attributes.getAttribute(KEY);
            if (transmission != null) {
                transmission.head(context.httpResponse());
            }
        }
    }
}
