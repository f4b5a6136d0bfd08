package io.pgweir.audit.cloudwatch;

import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Says in words for an operator why CloudWatch Logs did not take records. */
final class CloudWatchFault {
    /** Codes that AWS refuses credentials with; most have no class of their own. */
    private static final Set<String> REFUSED = Set.of(
            "ExpiredTokenException",
            "ExpiredToken",
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "IncompleteSignature",
            "MissingAuthenticationTokenException");

    private CloudWatchFault() {}

    static String reason(SdkException fault) {
        if (fault instanceof AwsServiceException answer && answer.awsErrorDetails() != null) {
            return reason(answer);
        }
        for (Throwable cause = fault.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException) {
                return "unknown host: " + cause.getMessage();
            }
            if (cause instanceof SocketTimeoutException) {
                return "no answer in time: " + cause.getMessage();
            }
        }
        String message = String.valueOf(fault.getMessage());
        if (message.contains("credentials")) {
            return "no AWS credentials: " + message;
        }
        return message.contains("region") ? "no AWS region: " + message : message;
    }

    private static String reason(AwsServiceException answer) {
        String code = String.valueOf(answer.awsErrorDetails().errorCode());
        String message = code + ": " + answer.awsErrorDetails().errorMessage();
        if (REFUSED.contains(code)) {
            return "AWS refuses the credentials: " + message;
        }
        if (code.startsWith("AccessDenied")) {
            return "not allowed: " + message;
        }
        if (answer.isThrottlingException()) {
            return "throttled: " + message;
        }
        return answer.statusCode() >= 500 ? "AWS fails (" + answer.statusCode() + "): " + message : message;
    }
}
