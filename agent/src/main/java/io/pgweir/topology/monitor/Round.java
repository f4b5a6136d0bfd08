package io.pgweir.topology.monitor;

import io.pgweir.topology.Answer;
import io.pgweir.topology.Member;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What was heard in one round.
 *
 * @param fresh whether the finder answered; else {@code members} are those of before
 * @param answers by name; empty where servers are not asked
 * @param away who could not be heard, and why
 */
record Round(
        List<Member> members, boolean fresh, Map<String, Answer> answers, List<String> away, long nanos, Instant at) {}
