package io.pgweir.cli;

import io.pgweir.wire.MessageType.Backend;
import io.pgweir.wire.MessageType.Frontend;

/** What the manual calls messages. */
final class MessageNames {
    private MessageNames() {}

    /** The letter itself where the manual knows none. */
    static String of(boolean frontend, byte type) {
        return frontend ? frontend(type) : backend(type);
    }

    private static String frontend(byte type) {
        return switch (type) {
            case Frontend.BIND -> "Bind";
            case Frontend.CLOSE -> "Close";
            case Frontend.COPY_DATA -> "CopyData";
            case Frontend.COPY_DONE -> "CopyDone";
            case Frontend.COPY_FAIL -> "CopyFail";
            case Frontend.DESCRIBE -> "Describe";
            case Frontend.EXECUTE -> "Execute";
            case Frontend.FLUSH -> "Flush";
            case Frontend.FUNCTION_CALL -> "FunctionCall";
            case Frontend.PARSE -> "Parse";
            case Frontend.QUERY -> "Query";
            case Frontend.SYNC -> "Sync";
            case Frontend.TERMINATE -> "Terminate";
            default -> letter(type);
        };
    }

    private static String backend(byte type) {
        return switch (type) {
            case Backend.AUTHENTICATION -> "Authentication";
            case Backend.BACKEND_KEY_DATA -> "BackendKeyData";
            case Backend.BIND_COMPLETE -> "BindComplete";
            case Backend.CLOSE_COMPLETE -> "CloseComplete";
            case Backend.COMMAND_COMPLETE -> "CommandComplete";
            case Backend.COPY_DATA -> "CopyData";
            case Backend.COPY_DONE -> "CopyDone";
            case Backend.COPY_IN_RESPONSE -> "CopyInResponse";
            case Backend.COPY_OUT_RESPONSE -> "CopyOutResponse";
            case Backend.COPY_BOTH_RESPONSE -> "CopyBothResponse";
            case Backend.DATA_ROW -> "DataRow";
            case Backend.EMPTY_QUERY_RESPONSE -> "EmptyQueryResponse";
            case Backend.ERROR_RESPONSE -> "ErrorResponse";
            case Backend.FUNCTION_CALL_RESPONSE -> "FunctionCallResponse";
            case Backend.NEGOTIATE_PROTOCOL_VERSION -> "NegotiateProtocolVersion";
            case Backend.NO_DATA -> "NoData";
            case Backend.NOTICE_RESPONSE -> "NoticeResponse";
            case Backend.NOTIFICATION_RESPONSE -> "NotificationResponse";
            case Backend.PARAMETER_DESCRIPTION -> "ParameterDescription";
            case Backend.PARAMETER_STATUS -> "ParameterStatus";
            case Backend.PARSE_COMPLETE -> "ParseComplete";
            case Backend.PORTAL_SUSPENDED -> "PortalSuspended";
            case Backend.READY_FOR_QUERY -> "ReadyForQuery";
            case Backend.ROW_DESCRIPTION -> "RowDescription";
            default -> letter(type);
        };
    }

    private static String letter(byte type) {
        return type > ' ' && type < 127 ? "'" + (char) type + "'" : String.format("0x%02x", type);
    }
}
