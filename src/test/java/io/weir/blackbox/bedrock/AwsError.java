package io.weir.blackbox.bedrock;

/**
 * A refusal in AWS's REST-JSON form: the status, {@code x-amzn-ErrorType} and the sentence of the JSON body.
 *
 * @param status  the HTTP status
 * @param type    the exception's name as in the service's model
 * @param message the sentence for the caller
 */
public record AwsError(int status, String type, String message) {
}
