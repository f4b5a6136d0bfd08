package io.pgweir.replay;

/** What all sessions of a replay share. */
interface Together {
    TargetServer server();

    Pace pace();

    Results results();

    CommitOrder order();

    /** Whether transactions are READ ONLY by default. */
    boolean readOnly();

    /** How many answers of a session need not have come, that its client had waited for, before more is sent. */
    int ahead();

    /** Steps of so many bytes are done. Any thread. */
    void onDone(long bytes);

    /** Any thread. */
    void onDone(ReplaySession session);
}
