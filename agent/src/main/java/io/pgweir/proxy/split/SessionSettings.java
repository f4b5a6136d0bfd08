package io.pgweir.proxy.split;

import io.pgweir.routing.split.Hint;
import io.pgweir.routing.split.OwnSetting;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the client has set and the leader has committed, as statements that set it again on another node; in the order in which
 * that has to be done. What is set within a transaction counts when that commits. On the session's event loop.
 */
final class SessionSettings {
    /** A client that sets more than this stays with the leader. */
    static final int STATEMENTS_MAX = 256;

    static final String DISCARD_ALL = "DISCARD ALL";

    /** What makes a text, as it is parsed and analysed, another one. */
    private static final Set<String> READING = Set.of(
            "all",
            "backslash_quote",
            "client_encoding",
            "datestyle",
            "intervalstyle",
            "lc_monetary",
            "search_path",
            "standard_conforming_strings",
            "timezone",
            "timezone_abbreviations",
            "transform_null_equals",
            "xmloption");

    private final List<OwnSetting> initial;
    private final List<Entry> entries = new ArrayList<>(4);
    private final List<Entry> uncommitted = new ArrayList<>(0);
    private int version;
    private int reading;
    private Hint route = Hint.NONE;
    private long positionMin;

    /**
     * @param name that it sets; null for all of them, or where that is not known
     * @param own what of it pgweir reads
     */
    private record Entry(int version, @Nullable String name, String sql, List<OwnSetting> own) {}

    /** @param initial what the session begins with, and what is reset becomes again */
    SessionSettings(List<OwnSetting> initial) {
        this.initial = initial;
        initial.forEach(this::apply);
    }

    /** Where the session's statements go. */
    Hint route() {
        return route;
    }

    /** Where the WAL has to be replayed to at least for its reads. */
    long positionMin() {
        return positionMin;
    }

    /** Of what was committed last. */
    int version() {
        return version;
    }

    /** Version of what was committed last that may change how a text is read: what its literals and names are. */
    int reading() {
        return reading;
    }

    boolean isTooMany() {
        return entries.size() + uncommitted.size() > STATEMENTS_MAX;
    }

    boolean isAnythingUncommitted() {
        return !uncommitted.isEmpty();
    }

    /** @param own what it makes of pgweir's own settings */
    void set(@Nullable String name, String sql, List<OwnSetting> own) {
        uncommitted.add(new Entry(0, name, sql, own));
    }

    /** DISCARD ALL: as at the beginning, which never happens within a transaction. */
    void discardAll() {
        entries.removeIf(entry -> entry.name == null || !isCustom(entry.name));
        if (isTooMany()) {
            entries.clear();
        }
        uncommitted.clear();
        entries.add(new Entry(++version, null, DISCARD_ALL, List.of()));
        reading = version;
        apply(new OwnSetting(OwnSetting.ALL, null));
    }

    void onCommit() {
        for (Entry entry : uncommitted) {
            String name = entry.name;
            if (name != null) {
                boolean whole = isWhole(name) && !(isCustom(name) && isReset(entry.sql));
                entries.removeIf(before -> name.equals(before.name) && (whole || before.sql.equals(entry.sql)));
            }
            entries.add(new Entry(++version, name, entry.sql, List.of()));
            if (name == null || READING.contains(name)) {
                reading = version;
            }
            entry.own.forEach(this::apply);
        }
        uncommitted.clear();
    }

    /** What no extension has defined is empty after it was reset, and not there where it was never set. */
    private static boolean isCustom(String name) {
        return name.indexOf('.') >= 0;
    }

    private static boolean isReset(String sql) {
        return sql.stripLeading().regionMatches(true, 0, "RESET", 0, "RESET".length());
    }

    /** Whether nothing is left of what it was before: {@code SET datestyle TO ymd} leaves the style. */
    private static boolean isWhole(String name) {
        return !name.equals("datestyle");
    }

    private void apply(OwnSetting setting) {
        switch (setting.name()) {
            case OwnSetting.ROUTE -> route = route(value(setting));
            case OwnSetting.MIN_LSN -> positionMin = position(value(setting));
            case OwnSetting.ALL -> {
                route = route(initial(OwnSetting.ROUTE));
                positionMin = position(initial(OwnSetting.MIN_LSN));
            }
            default -> {}
        }
    }

    private @Nullable String value(OwnSetting setting) {
        return setting.value() == null ? initial(setting.name()) : setting.value();
    }

    private @Nullable String initial(String name) {
        String value = null;
        for (OwnSetting setting : initial) {
            value = setting.name().equals(name) ? setting.value() : value;
        }
        return value;
    }

    private static Hint route(@Nullable String value) {
        return value == null ? Hint.NONE : Objects.requireNonNullElse(OwnSetting.route(value), Hint.NONE);
    }

    private static long position(@Nullable String value) {
        return value == null ? 0 : Freshness.position(value);
    }

    void onRollback() {
        uncommitted.clear();
    }

    /** What a node that is at {@code since} has not heard of. */
    List<String> behind(int since) {
        return entries.stream()
                .filter(entry -> entry.version > since)
                .map(Entry::sql)
                .toList();
    }
}
