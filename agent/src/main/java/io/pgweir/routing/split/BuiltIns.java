package io.pgweir.routing.split;

import io.pgweir.routing.split.Need.Effect;
import java.util.Set;

/**
 * What is known of PostgreSQL's own functions beside the volatility in their catalog, which is no answer to our question: {@code
 * random()} is volatile and harmless, {@code txid_current()} is stable and writes.
 */
final class BuiltIns {
    /** Volatile, and yet the same on every server that has the same data: nothing stays behind. */
    static final Set<String> HARMLESS = Set.of(
            "array_sample",
            "array_shuffle",
            "clock_timestamp",
            "current_query",
            "gen_random_uuid",
            "pg_partition_ancestors",
            "pg_partition_tree",
            "pg_sleep",
            "pg_sleep_for",
            "pg_sleep_until",
            "random",
            "random_normal",
            "timeofday",
            "timezone",
            "uuidv4",
            "uuidv7");

    /** Not volatile, and yet about one server, one connection or one transaction; {@code pg_stat_*} is too. */
    static final Set<String> OF_ONE_SERVER = Set.of(
            "inet_client_addr",
            "inet_client_port",
            "inet_server_addr",
            "inet_server_port",
            "pg_available_extension_versions",
            "pg_available_extensions",
            "pg_backend_pid",
            "pg_backup_start_time",
            "pg_conf_load_time",
            "pg_config",
            "pg_current_snapshot",
            "pg_current_xact_id",
            "pg_current_xact_id_if_assigned",
            "pg_cursor",
            "pg_extension_update_paths",
            "pg_get_replication_slots",
            "pg_listening_channels",
            "pg_numa_available",
            "pg_postmaster_start_time",
            "pg_prepared_statement",
            "pg_show_all_settings",
            "pg_tablespace_databases",
            "pg_tablespace_location",
            "pg_walfile_name",
            "pg_walfile_name_offset",
            "txid_current",
            "txid_current_if_assigned",
            "txid_current_snapshot",
            "version");

    /** Names of relations and functions that begin so are about one server. */
    static final String STATISTICS = "pg_stat";

    /** What the grammar calls and no catalog lists; CallReader, JsonReader and XmlReader name them in {@code pg_catalog}. */
    private static final Set<String> GRAMMAR = Set.of(
            "coalesce",
            "current_catalog",
            "current_date",
            "current_role",
            "current_schema",
            "current_time",
            "current_timestamp",
            "current_user",
            "extract",
            "greatest",
            "grouping",
            "json",
            "json_array",
            "json_arrayagg",
            "json_exists",
            "json_object",
            "json_objectagg",
            "json_query",
            "json_scalar",
            "json_serialize",
            "json_table",
            "json_value",
            "least",
            "localtime",
            "localtimestamp",
            "merge_action",
            "normalize",
            "nullif",
            "overlay",
            "pg_collation_for",
            "position",
            "session_user",
            "substring",
            "system_user",
            "treat",
            "trim",
            "user",
            "xmlconcat",
            "xmlelement",
            "xmlexists",
            "xmlforest",
            "xmlparse",
            "xmlpi",
            "xmlroot",
            "xmlserialize",
            "xmltable");

    private BuiltIns() {}

    static boolean isGrammar(String name) {
        return GRAMMAR.contains(name);
    }

    /** {@code pg_stat_*} and {@code pg_statio_*}; {@code pg_stats} and {@code pg_statistic*} are ordinary data. */
    static boolean isStatistics(String name) {
        return name.startsWith(STATISTICS)
                && (name.startsWith("_", STATISTICS.length()) || name.startsWith("io_", STATISTICS.length()));
    }

    static boolean isAboutTheServer(String name) {
        if (OF_ONE_SERVER.contains(name) || isStatistics(name)) {
            return true;
        }
        return switch (name) {
            case "pg_blocking_pids",
                    "pg_current_logfile",
                    "pg_current_wal_flush_lsn",
                    "pg_current_wal_insert_lsn",
                    "pg_current_wal_lsn",
                    "pg_get_wal_replay_pause_state",
                    "pg_hba_file_rules",
                    "pg_is_in_backup",
                    "pg_is_in_recovery",
                    "pg_is_wal_replay_paused",
                    "pg_jit_available",
                    "pg_last_wal_receive_lsn",
                    "pg_last_wal_replay_lsn",
                    "pg_last_xact_replay_timestamp",
                    "pg_lock_status" -> true;
            default -> false;
        };
    }

    /** Why one of those that are neither harmless nor stable has to go to the leader. */
    static String reason(String name) {
        if (name.contains("advisory")) {
            return Reason.ADVISORY_LOCK;
        }
        return switch (name) {
            case "nextval", "setval", "currval", "lastval", "pg_sequence_last_value", "pg_get_sequence_data" ->
                Reason.SEQUENCE;
            case "set_config" -> Reason.SETTING;
            case "setseed" -> Reason.SESSION_STATE;
            case "pg_notify" -> Reason.NOTIFY;
            case "txid_current", "pg_current_xact_id" -> Reason.VOLATILE_BUILT_IN;
            default ->
                isAboutTheServer(name) && !name.startsWith("pg_stat_reset")
                        ? Reason.ABOUT_THE_SERVER
                        : Reason.VOLATILE_BUILT_IN;
        };
    }

    /** What they leave in the session: the rest is over with its transaction, or no session's own. */
    static Effect effect(String name) {
        return switch (name) {
            case "setseed",
                    "pg_advisory_lock",
                    "pg_advisory_lock_shared",
                    "pg_try_advisory_lock",
                    "pg_try_advisory_lock_shared",
                    "pg_copy_logical_replication_slot",
                    "pg_copy_physical_replication_slot",
                    "pg_create_logical_replication_slot",
                    "pg_create_physical_replication_slot",
                    "pg_replication_origin_session_reset",
                    "pg_replication_origin_session_setup",
                    "cursor_to_xml",
                    "query_to_xml",
                    "query_to_xml_and_xmlschema",
                    "query_to_xmlschema",
                    "ts_rewrite",
                    "ts_stat" -> Effect.STATE;
            default -> Effect.NONE;
        };
    }
}
