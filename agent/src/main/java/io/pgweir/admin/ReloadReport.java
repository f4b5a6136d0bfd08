package io.pgweir.admin;

import java.util.List;

/**
 * What came of reading files again.
 *
 * @param taken whether all of it is in force now; else nothing has changed
 * @param faults why not, one a line
 * @param atNextStart what has changed in the file, and needs a start to be in force
 */
public record ReloadReport(boolean taken, List<String> faults, List<String> atNextStart) {
    public ReloadReport {
        faults = List.copyOf(faults);
        atNextStart = List.copyOf(atNextStart);
    }

    public static ReloadReport taken(List<String> atNextStart) {
        return new ReloadReport(true, List.of(), atNextStart);
    }

    public static ReloadReport refused(List<String> faults) {
        return new ReloadReport(false, faults, List.of());
    }
}
