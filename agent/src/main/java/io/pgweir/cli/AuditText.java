package io.pgweir.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;

/** What went wrong with a file, in one line. */
final class AuditText {
    private AuditText() {}

    static String of(IOException fault) {
        return switch (fault) {
            case NoSuchFileException missing ->
                missing.getFile() + ": " + (missing.getReason() == null ? "no such file" : missing.getReason());
            case FileAlreadyExistsException there -> there.getFile() + ": is there already";
            case AccessDeniedException denied -> denied.getFile() + ": cannot be read: permission denied";
            default -> String.valueOf(fault.getMessage());
        };
    }
}
