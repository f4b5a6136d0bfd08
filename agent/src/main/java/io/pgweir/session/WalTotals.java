package io.pgweir.session;

/**
 * What flowed in one streaming replication. Positions are byte positions in the write-ahead log, unsigned, 0 where none was
 * told.
 *
 * @param messagesFromServer CopyData, of whatever kind
 * @param messagesFromClient CopyData, of whatever kind
 * @param bytes of log or of logical changes, without the heads around them
 * @param firstLsn the first that the server told
 * @param lastLsn the highest that the server told
 * @param flushedLsn what the client's last status update said that it has on disk
 */
public record WalTotals(
        long messagesFromServer, long messagesFromClient, long bytes, long firstLsn, long lastLsn, long flushedLsn) {}
