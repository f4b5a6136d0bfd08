package io.pgweir.audit.encode;

import org.jspecify.annotations.Nullable;

/**
 * What rules did, in the words of the Open Cybersecurity Schema Framework's profile {@code security_control}: the action that was
 * taken, and how that disposed of the event.
 */
record OcsfControl(int actionId, String action, int dispositionId, String disposition) {
    private static final OcsfControl ALLOWED = new OcsfControl(1, "Allowed", 1, "Allowed");

    /** Null where rules have nothing to do with it. */
    static @Nullable OcsfControl of(String type, Members record) {
        if (type.equals("rule.alert")) {
            return observed(19, "Alert");
        }
        if (!record.has("rules")) {
            return null;
        }
        return switch (record.in("rules").stringOr("action", "")) {
            case "close" -> new OcsfControl(2, "Denied", 6, "Dropped");
            case "block" -> new OcsfControl(2, "Denied", 2, "Blocked");
            case "mask", "rewrite" -> new OcsfControl(4, "Modified", 11, "Corrected");
            case "limit", "budget" -> new OcsfControl(1, "Allowed", 7, "Custom Action");
            case "throttle" -> new OcsfControl(1, "Allowed", 14, "Delayed");
            case "alert" -> observed(19, "Alert");
            case "tag" -> observed(18, "Tagged");
            case "" -> observed(15, "Detected");
            default -> ALLOWED;
        };
    }

    private static OcsfControl observed(int dispositionId, String disposition) {
        return new OcsfControl(3, "Observed", dispositionId, disposition);
    }
}
