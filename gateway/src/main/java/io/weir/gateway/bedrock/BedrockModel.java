package io.weir.gateway.bedrock;

import io.weir.router.Candidate;
import io.weir.router.ModelId;
import io.weir.router.ModelLimits;
import io.weir.router.ModelLimits.Wish;
import io.weir.router.ServedModel;
import io.weir.router.score.Residency;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model of Bedrock's that this gateway may use. The id itself says how far requests travel; a residency that claims less, and an id that may
 * leave every geography or does not tell, are refused with {@link IllegalArgumentException}, for the privacy fence could not be kept.
 *
 * <p>Source: Amazon Bedrock user guide, "Supported Regions and models for inference profiles".
 *
 * @param id its model id, inference profile id or ARN, as Bedrock takes it and the price book names it
 * @param limits its context window and output limit
 * @param residency how far a request travels
 */
public record BedrockModel(ModelId id, ModelLimits limits, Residency residency) {

    private static final Pattern ARN = Pattern.compile("arn:aws[a-z-]*:bedrock:[a-z0-9-]+:[0-9]*:([a-z-]+)/(.+)");
    private static final Pattern PROFILE =
            Pattern.compile("([a-z-]+)\\.(?:ai21|amazon|anthropic|cohere|deepseek|google|luma|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen"
                    + "|stability|twelvelabs|writer|zai)\\..+");
    private static final Set<String> GEOGRAPHIES = Set.of("us", "us-gov", "eu", "apac", "jp", "au", "ca", "sa");
    private static final Set<String> OWN = Set.of("provisioned-model", "custom-model", "custom-model-deployment", "imported-model");

    public BedrockModel {
        Residency reach = reach(id.value());
        if (residency.compareTo(reach) < 0) {
            throw new IllegalArgumentException("'" + id + "' is listed with residency " + residency + ", but its requests travel as far as " + reach + ".");
        }
    }

    /** The least residency that is true of an id. */
    private static Residency reach(String id) {
        Matcher arn = ARN.matcher(id);
        if (!arn.matches()) {
            return named(id, id);
        }
        String kind = arn.group(1);
        if (kind.equals("foundation-model")) {
            return Residency.REGION;
        }
        if (kind.equals("inference-profile") && PROFILE.matcher(arn.group(2)).matches()) {
            return named(id, arn.group(2));
        }
        if (OWN.contains(kind)) {
            return Residency.ACCOUNT;
        }
        throw new IllegalArgumentException("'" + id + "' does not say how far its requests travel. Name a model or a geographic inference profile.");
    }

    private static Residency named(String id, String name) {
        Matcher profile = PROFILE.matcher(name);
        if (!profile.matches()) {
            return Residency.REGION;
        }
        if (!GEOGRAPHIES.contains(profile.group(1))) {
            throw new IllegalArgumentException("'" + id + "' may leave every geography. Name a geographic inference profile, such as 'us.' or 'eu.'.");
        }
        return Residency.GEOGRAPHY;
    }

    /**
     * Bedrock has no health check of its own: it stands as up, and the guard around the engine keeps calls away from what fails. Converse has no seed, and
     * its temperature ends at 1.
     */
    ServedModel served() {
        ModelLimits honoured = new ModelLimits(limits.contextWindow(), limits.maxOutputTokens(), Set.of(Wish.SEED, Wish.TEMPERATURE_ABOVE_ONE));
        return new ServedModel(id, honoured, residency, Candidate.Health.UP);
    }
}
