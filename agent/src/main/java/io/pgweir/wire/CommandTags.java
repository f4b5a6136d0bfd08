package io.pgweir.wire;

import org.jspecify.annotations.Nullable;

/** CommandComplete messages that come again and again, one per tag: a tag already seen allocates nothing. */
final class CommandTags {
    private static final int SLOTS = 32;

    private final BackendMessage.@Nullable CommandComplete[] messages = new BackendMessage.CommandComplete[SLOTS];

    /** The reader gives one String object per tag it remembers, so that comparing references is enough. */
    @SuppressWarnings("ReferenceEquality") // a miss costs one small record, no more
    BackendMessage.CommandComplete commandComplete(BodyReader reader) {
        String tag = reader.name();
        reader.end();
        int slot = tag.hashCode() & (SLOTS - 1);
        BackendMessage.CommandComplete message = messages[slot];
        if (message == null || message.tag() != tag) {
            message = new BackendMessage.CommandComplete(tag);
            messages[slot] = message;
        }
        return message;
    }
}
