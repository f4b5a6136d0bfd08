package io.pgweir.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;

/** A trail that is read to its end, and what the process says of it. */
final class TrailRun {
    private TrailRun() {}

    /** @return an exit code */
    static int read(CommandLine command, Trail trail, TrailCopy copy, boolean follow) throws InterruptedException {
        PrintWriter err = command.getErr();
        String name = command.getCommandSpec().qualifiedName();
        try {
            trail.read(copy, follow);
            copy.flush();
        } catch (StandardOutput.ClosedException _) {
            // `| head` has seen enough.
            return ExitCode.OK;
        } catch (NoSuchFileException missing) {
            err.println(name + ": " + missing.getFile() + ": no such file or directory");
            return ExitCode.NO_INPUT;
        } catch (IOException fault) {
            err.println(name + ": " + reason(fault));
            return ExitCode.IO;
        }
        if (copy.faults() > 0) {
            err.println(name + ": " + copy.faults() + " without a record");
            return ExitCode.DATA;
        }
        return ExitCode.OK;
    }

    private static String reason(IOException fault) {
        return fault instanceof AccessDeniedException denied
                ? denied.getFile() + ": permission denied"
                : String.valueOf(fault.getMessage());
    }
}
