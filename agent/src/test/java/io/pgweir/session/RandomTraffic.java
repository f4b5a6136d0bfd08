package io.pgweir.session;

import io.pgweir.lab.Frontend;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Segments that a client may send: pipelines up to a Sync, queries, function calls; legal, and nearly so. */
final class RandomTraffic {
    private static final String[] NAMES = {"", "", "a", "b"};

    private final Random random;
    private final StringBuilder text = new StringBuilder();
    private final boolean asksBehindCopies;
    private int number;

    /**
     * @param number that the first INSERT inserts is the next one
     * @param asksBehindCopies whether more may follow before the next Sync where a Sync stands within a COPY that fails
     */
    RandomTraffic(Random random, int number, boolean asksBehindCopies) {
        this.random = random;
        this.number = number;
        this.asksBehindCopies = asksBehindCopies;
    }

    byte[][] segment() {
        List<byte[]> messages = new ArrayList<>();
        switch (random.nextInt(10)) {
            case 0 ->
                add(messages, "F", Frontend.functionCall(random.nextInt(3) == 0 ? 1 : 1397, 0, new byte[][] {
                    (random.nextBoolean() ? "-3" : "x").getBytes(java.nio.charset.StandardCharsets.UTF_8)
                }));
            case 1, 2, 3 -> query(messages);
            default -> pipeline(messages);
        }
        return messages.toArray(byte[][]::new);
    }

    private void query(List<byte[]> messages) {
        StringBuilder sql = new StringBuilder();
        int copies = 0;
        for (int n = random.nextInt(4); n >= 0; n--) {
            String statement = random.nextInt(8) == 0 ? "copy n from stdin" : statement();
            copies += statement.equals("copy n from stdin") ? 1 : 0;
            sql.append(statement).append(random.nextInt(8) == 0 ? " ;; " : "; ");
        }
        add(messages, "Q[" + sql + "]", Frontend.query(sql.toString()));
        for (int i = 0; i < copies; i++) {
            copyData(messages);
        }
    }

    private void pipeline(List<byte[]> messages) {
        for (int n = random.nextInt(7); n >= 0; n--) {
            String name = name();
            switch (random.nextInt(9)) {
                case 0 -> add(messages, "D", Frontend.describeStatement(name));
                case 1 -> add(messages, "Dp", Frontend.describePortal(name));
                case 2 -> add(messages, "Cs" + name, Frontend.closeStatement(name));
                case 3 -> add(messages, "Cp" + name, Frontend.closePortal(name));
                case 4 -> add(messages, "E" + name, Frontend.execute(name, random.nextInt(3)));
                case 5 -> add(messages, "H", Frontend.flush());
                case 6 -> {
                    if (copyIn(messages)) {
                        return;
                    }
                }
                default -> whole(messages, name);
            }
        }
        add(messages, "S", Frontend.sync());
    }

    private void whole(List<byte[]> messages, String name) {
        String sql = statement();
        boolean closeFirst = !name.isEmpty() && random.nextInt(4) != 0;
        if (closeFirst) {
            add(messages, "Cs" + name, Frontend.closeStatement(name));
        }
        add(messages, "P" + name + "[" + sql + "]", Frontend.parse(name, sql));
        for (int times = random.nextInt(6) == 0 ? 2 : 1; times > 0; times--) {
            String portal = random.nextInt(3) == 0 ? name() : "";
            if (!portal.isEmpty()) {
                add(messages, "Cp" + portal, Frontend.closePortal(portal));
            }
            add(messages, "B" + portal + "<" + name, Frontend.bind(portal, name));
            int rows = random.nextInt(3) == 0 ? 1 + random.nextInt(2) : 0;
            for (int runs = rows == 0 ? 1 : 1 + random.nextInt(3); runs > 0; runs--) {
                add(messages, "E" + portal + rows, Frontend.execute(portal, rows));
            }
            if (sql.startsWith("insert")) {
                return;
            }
        }
    }

    /**
     * A Sync within a COPY that fails may be swallowed or not, and no answer tells before the next Sync whether what is asked
     * in between was skipped.
     *
     * @return whether the segment is over
     */
    private boolean copyIn(List<byte[]> messages) {
        add(messages, "P[copy n from stdin]", Frontend.parse("", "copy n from stdin"));
        add(messages, "B", Frontend.bind("", ""));
        add(messages, "E", Frontend.execute("", 0));
        boolean early = random.nextInt(4) == 0;
        if (early) {
            add(messages, "S", Frontend.sync());
        }
        copyData(messages);
        if (early && asksBehindCopies) {
            return false;
        }
        if (early) {
            add(messages, "S", Frontend.sync());
        }
        return early;
    }

    /** No good data: what COPY puts into the table has no number in its record. */
    private void copyData(List<byte[]> messages) {
        switch (random.nextInt(3)) {
            case 0 -> {
                add(messages, "d", Frontend.copyData("x\n"));
                add(messages, "c", Frontend.copyDone());
            }
            case 1 -> add(messages, "c", Frontend.copyDone());
            default -> add(messages, "f", Frontend.copyFail("no"));
        }
    }

    private String statement() {
        return switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4 -> "insert into n values (" + ++number + ")";
            case 5 -> "select generate_series(1, 3)";
            case 6 -> "select 1/(random()*0)::int";
            case 7, 8 -> "begin";
            case 9, 10 -> "commit";
            case 11 -> "rollback";
            case 12 -> "selec " + random.nextInt(9);
            case 13 -> "copy (select generate_series(1, 3)) to stdout";
            case 14 -> "insert into child values (99)";
            case 15 -> "";
            case 16 -> "select * from no_such_table";
            case 17 -> "commit and chain";
            case 18 -> "do $$ begin perform 1; end $$";
            default -> "set local work_mem = '1MB'";
        };
    }

    private String name() {
        return NAMES[random.nextInt(NAMES.length)];
    }

    private void add(List<byte[]> messages, String shown, byte[] message) {
        messages.add(message);
        text.append(shown).append(' ');
    }

    /** What was made so far. */
    @Override
    public String toString() {
        return text.toString();
    }
}
