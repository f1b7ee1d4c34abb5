package io.weir.gateway.bedrock;

import io.weir.router.CancelToken;
import io.weir.router.Deadline;
import io.weir.router.Engine;
import io.weir.router.EngineCall;
import io.weir.router.EngineId;
import io.weir.router.EngineStream;
import io.weir.router.Permit;
import io.weir.router.Route;
import io.weir.router.ServedModel;
import io.weir.router.Ticker;
import io.weir.router.stream.BreakCause;
import io.weir.router.stream.StreamEvent;
import io.weir.router.stream.StreamEvent.Broken;
import io.weir.router.stream.StreamEvent.Spent;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;

/**
 * AWS Bedrock behind the engine port: Converse for whole answers, ConverseStream for streams. Thread-safe; one call, one HTTP request, whatever
 * happens. Nothing of a request but its conversation, sampling and cap reaches Bedrock, beside the request id and attempt as metadata.
 */
public final class BedrockEngine implements Engine, AutoCloseable {

    private final EngineId id;
    private final BedrockRuntimeAsyncClient client;
    private final List<ServedModel> models;
    private final Ticker ticker;

    /** Owns the client from now on; it must come from {@link BedrockClients}, which marks what was sent. */
    BedrockEngine(EngineId id, BedrockRuntimeAsyncClient client, List<BedrockModel> models, Ticker ticker) {
        this.id = id;
        this.client = client;
        this.models = models.stream().map(BedrockModel::served).toList();
        this.ticker = ticker;
    }

    /**
     * An engine over the SDK's own chain: region, endpoint and credentials by its variables and files alone. Throws the SDK's own exception if no
     * region can be found; credentials are first looked up by the first call. Whoever calls closes the engine.
     */
    public static BedrockEngine connect(EngineId id, List<BedrockModel> models, BedrockConnections connections, Ticker ticker) {
        return new BedrockEngine(id, BedrockClients.create(connections), models, ticker);
    }

    @Override
    public EngineId id() {
        return id;
    }

    @Override
    public Route route() {
        return Route.BEDROCK;
    }

    @Override
    public List<ServedModel> models() {
        return models;
    }

    @Override
    public EngineStream open(EngineCall call, Permit permit, CancelToken cancel) {
        Optional<ConverseMapping.Prompt> prompt = ConverseMapping.prompt(call, permit);
        if (prompt.isEmpty()) {
            return new NeverSent(new Broken(BreakCause.INVALID, Spent.NOTHING));
        }
        CallContext context = new CallContext(id, permit, ticker);
        Call answer = switch (call.delivery()) {
            case STREAM -> new StreamedAnswer(client, prompt.get(), new Transmission(StreamedAnswer.CONTENT_TYPE), context);
            case WHOLE -> new WholeAnswer(client, prompt.get(), new Transmission(WholeAnswer.CONTENT_TYPE), context);
        };
        return answer.start(cancel);
    }

    /** Ends every call and connection. */
    @Override
    public void close() {
        client.close();
    }

    /** A call that Bedrock was never asked. */
    private record NeverSent(Broken broken) implements EngineStream {

        @Override
        public StreamEvent next(Deadline deadline) {
            return broken;
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
