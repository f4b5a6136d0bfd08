package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.pgweir.proxy.relay.Disposition;
import io.pgweir.proxy.relay.Lane;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stands before a lane that may throw: what it failed at does not pass, nor anything behind it, and whoever answers for the session
 * is told once. Unlike in transparent mode the bytes cannot go on without being understood: nobody would know where to.
 *
 * <p>Thread: the session's event loop.
 */
final class Wall implements Lane {
    private final Lane lane;
    private final Consumer<RuntimeException> onFault;
    private boolean fallen;

    Wall(Lane lane, Consumer<RuntimeException> onFault) {
        this.lane = lane;
        this.onFault = onFault;
    }

    private void fall(RuntimeException fault) {
        if (!fallen) {
            fallen = true;
            onFault.accept(fault);
        }
    }

    @Override
    public int look(byte type, int length) {
        if (!fallen) {
            try {
                return lane.look(type, length);
            } catch (RuntimeException fault) {
                fall(fault);
            }
        }
        // So that it is shown, and stopped.
        return 0;
    }

    @Override
    public void onLast(byte type, int length) {
        try {
            lane.onLast(type, length);
        } catch (RuntimeException fault) {
            fall(fault);
        }
    }

    @Override
    public void onWait() {
        try {
            lane.onWait();
        } catch (RuntimeException fault) {
            fall(fault);
        }
    }

    @Override
    public @Nullable ByteBuf takeOwn() {
        return fallen ? null : lane.takeOwn();
    }

    @Override
    public Disposition onMessage(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
        if (!fallen) {
            try {
                return lane.onMessage(type, buffer, bodyAt, bodyLength);
            } catch (RuntimeException fault) {
                fall(fault);
            }
        }
        return Disposition.STOP;
    }

    @Override
    public Disposition onHead(byte type, ByteBuf buffer, int bodyAt, int headLength, int bodyLength) {
        if (!fallen) {
            try {
                return lane.onHead(type, buffer, bodyAt, headLength, bodyLength);
            } catch (RuntimeException fault) {
                fall(fault);
            }
        }
        return Disposition.STOP;
    }

    @Override
    public void onStream(byte type, int bodyLength) {
        try {
            lane.onStream(type, bodyLength);
        } catch (RuntimeException fault) {
            fall(fault);
        }
    }

    @Override
    public void onChunk(ByteBuf buffer, int at, int length, boolean last) {
        try {
            lane.onChunk(buffer, at, length, last);
        } catch (RuntimeException fault) {
            fall(fault);
        }
    }
}
