package io.pgweir.session;

import io.netty.buffer.ByteBuf;
import io.pgweir.wire.BindView;
import io.pgweir.wire.FunctionCallView;
import org.jspecify.annotations.Nullable;

/** Copies bound values out of the buffer that they are borrowed from. */
final class ParameterCopier {
    private final int bytesMax;

    /** @param bytesMax of each value; 0 copies none */
    ParameterCopier(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Types are 0 until the prepared statement is known. Null where nothing is bound. */
    @Nullable
    Parameters copy(BindView bind) {
        int count = bind.parameters();
        if (count == 0) {
            return null;
        }
        Parameters copy = make(count);
        for (int i = 0; i < count; i++) {
            fill(copy, i, bind.format(i), bind.length(i), bind.buffer(), bind.offset(i));
        }
        return copy;
    }

    @Nullable
    Parameters copy(FunctionCallView call) {
        int count = call.arguments();
        if (count == 0) {
            return null;
        }
        Parameters copy = make(count);
        for (int i = 0; i < count; i++) {
            fill(copy, i, call.format(i), call.length(i), call.buffer(), call.offset(i));
        }
        return copy;
    }

    private Parameters make(int count) {
        return new Parameters(new int[count], new byte[count], new int[count], bytesMax > 0 ? new byte[count][] : null);
    }

    private void fill(Parameters copy, int i, int format, int length, ByteBuf buffer, int offset) {
        copy.formats()[i] = (byte) format;
        copy.lengths()[i] = length;
        byte[][] values = copy.values();
        if (values != null) {
            byte[] value = new byte[Math.max(0, Math.min(length, bytesMax))];
            if (length > 0) {
                buffer.getBytes(offset, value);
            }
            values[i] = value;
        }
    }
}
