package io.pgweir.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Messages as a driver and a server would send them, in direct buffers. */
final class Messages {
    static final String SELECT =
            "SELECT id, name, created_at FROM public.orders WHERE customer_id = 4711 AND state = 'open'";

    private Messages() {}

    static ByteBuf query(String sql) {
        return message('Q', body -> text(body, sql));
    }

    /** Bind of one int4 in text, Describe left out, Execute, Sync: what a driver sends for a prepared statement. */
    static ByteBuf bindExecuteSync(String statement) {
        ByteBuf out = message('B', body -> {
            text(body, "");
            text(body, statement);
            body.writeShort(0)
                    .writeShort(1)
                    .writeInt(4)
                    .writeBytes(bytes("4711"))
                    .writeShort(0);
        });
        out.writeBytes(message('E', body -> {
            text(body, "");
            body.writeInt(0);
        }));
        return out.writeBytes(message('S', body -> {}));
    }

    static ByteBuf parse(String name, String sql) {
        return message('P', body -> {
            text(body, name);
            text(body, sql);
            body.writeShort(0);
        });
    }

    /** {@code rows} rows of ten text columns of eight bytes. */
    static ByteBuf rows(int rows) {
        ByteBuf out = Unpooled.directBuffer();
        for (int i = 0; i < rows; i++) {
            ByteBuf row = message('D', body -> {
                body.writeShort(10);
                for (int column = 0; column < 10; column++) {
                    body.writeInt(8).writeBytes(bytes("8 bytes."));
                }
            });
            out.writeBytes(row);
            row.release();
        }
        return out;
    }

    static ByteBuf copyData(int messages, int bodyBytes) {
        ByteBuf out = Unpooled.directBuffer();
        byte[] line = bytes("x".repeat(bodyBytes - 1) + "\n");
        for (int i = 0; i < messages; i++) {
            ByteBuf data = message('d', body -> body.writeBytes(line));
            out.writeBytes(data);
            data.release();
        }
        return out;
    }

    static ByteBuf rowDescription() {
        return message('T', body -> {
            body.writeShort(1);
            text(body, "id");
            body.writeInt(0)
                    .writeShort(0)
                    .writeInt(23)
                    .writeShort(4)
                    .writeInt(-1)
                    .writeShort(0);
        });
    }

    static ByteBuf commandComplete(String tag) {
        return message('C', body -> text(body, tag));
    }

    static ByteBuf readyForQuery() {
        return message('Z', body -> body.writeByte('I'));
    }

    static ByteBuf bodyless(char type) {
        return message(type, body -> {});
    }

    static ByteBuf message(char type, java.util.function.Consumer<ByteBuf> body) {
        ByteBuf out = Unpooled.directBuffer();
        out.writeByte(type).writeInt(0);
        body.accept(out);
        return out.setInt(1, out.readableBytes() - 1);
    }

    private static void text(ByteBuf out, String text) {
        out.writeBytes(bytes(text)).writeByte(0);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
