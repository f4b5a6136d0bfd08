package io.pgweir.rules;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A key that is asked each time. */
public sealed interface MomentCriterion extends Criterion {

    /** By the clock. */
    record During(String key, Schedule schedule, boolean not) implements MomentCriterion {
        @Override
        public Truth ask(Question question) {
            return Truth.of(not != schedule.holds(at(question)));
        }

        private static Instant at(Question question) {
            return Instant.EPOCH.plus(question.nowMicros(), ChronoUnit.MICROS);
        }

        @Override
        public String found(Question question) {
            return at(question).atZone(schedule.zone()).toString();
        }
    }

    /** By the number of statements in the query string. */
    record Several(String key, boolean wanted) implements MomentCriterion {
        @Override
        public Truth ask(Question question) {
            return Truth.of((question.statements() > 1) == wanted);
        }

        @Override
        public String found(Question question) {
            return String.valueOf(question.statements());
        }
    }
}
