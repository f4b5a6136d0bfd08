package io.pgweir.topology;

import java.util.List;

/** What came of looking for nodes. */
public sealed interface Finding {

    /**
     * @param notes what was left out, and why
     */
    record Found(List<Member> members, List<String> notes) implements Finding {
        public Found {
            members = List.copyOf(members);
            notes = List.copyOf(notes);
        }
    }

    /** Nobody answered. */
    record Away(String why) implements Finding {}
}
