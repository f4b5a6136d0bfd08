package io.pgweir.capture;

import io.netty.buffer.ByteBuf;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Setting;
import io.pgweir.wire.MessageType;
import java.util.List;
import java.util.Locale;

/** What no capture may hold. Every message and every setting on its way into a file passes here. */
enum Secrets {
    /** Nothing to hide. */
    OPEN,
    /** A cancel key behind a process id. */
    HAS_KEY,
    /** Left out whole. */
    SECRET;

    static final byte KEY_DATA = MessageType.Backend.BACKEND_KEY_DATA;
    static final int PROCESS_ID_BYTES = 4;

    private static final int AUTHENTICATION_OK = 0;
    private static final int AUTHENTICATION_OK_BYTES = 4;

    private static final List<String> NAMES = List.of("passw", "secret", "token", "credential", "passfile");

    /**
     * A client's answer to an Authentication message is one, whatever it answers, and so is what asks for it: a salt, a nonce, a
     * server's proof. AuthenticationOk says nothing that the session does not.
     */
    static Secrets of(Direction direction, byte type, int flags, ByteBuf body, int at, int length) {
        return switch (direction) {
            case FRONTEND -> type == MessageType.Frontend.AUTHENTICATION ? SECRET : OPEN;
            case BACKEND ->
                switch (type) {
                    case MessageType.Backend.AUTHENTICATION ->
                        isWhole(flags) && length == AUTHENTICATION_OK_BYTES && body.getInt(at) == AUTHENTICATION_OK
                                ? OPEN
                                : SECRET;
                    case KEY_DATA -> isWhole(flags) && length >= PROCESS_ID_BYTES ? HAS_KEY : SECRET;
                    default -> OPEN;
                };
        };
    }

    private static boolean isWhole(int flags) {
        return (flags & (Message.CONTINUES | Message.MORE | Message.TRUNCATED)) == 0;
    }

    /** Those whose name speaks of no secret. */
    static List<Setting> without(List<Setting> settings) {
        return settings.stream().filter(setting -> !isSecret(setting.name())).toList();
    }

    private static boolean isSecret(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return NAMES.stream().anyMatch(lower::contains);
    }
}
