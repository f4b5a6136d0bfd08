package io.pgweir.cli;

import io.pgweir.audit.RecordFormat;
import io.pgweir.audit.encode.EcsFormat;
import io.pgweir.audit.encode.OcsfFormat;
import io.pgweir.audit.encode.PrettyFormat;
import io.pgweir.config.AuditConfig;
import io.pgweir.config.ServerTlsConfig;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The constants of an enum as kebab-case words: read from an option, offered by completion, the same as in the file. */
abstract class Words<E extends Enum<E>> implements ITypeConverter<E>, Iterable<String> {
    private final E[] constants;

    private Words(Class<E> type) {
        this.constants = type.getEnumConstants();
    }

    @Override
    public E convert(String word) {
        for (E constant : constants) {
            if (word(constant).equals(word)) {
                return constant;
            }
        }
        throw new TypeConversionException("\"" + word + "\" (expected: " + String.join(", ", words()) + ")");
    }

    @Override
    public Iterator<String> iterator() {
        return words().iterator();
    }

    private List<String> words() {
        return Arrays.stream(constants).map(Words::word).toList();
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What a record is shown as. */
    enum Form {
        PRETTY,
        NATIVE,
        OCSF,
        ECS;

        RecordFormat format(boolean colours) {
            return switch (this) {
                case PRETTY -> new PrettyFormat(colours);
                case NATIVE -> RecordFormat.NATIVE;
                case OCSF -> new OcsfFormat();
                case ECS -> new EcsFormat();
            };
        }
    }

    static final class RecordForm extends Words<Form> {
        RecordForm() {
            super(Form.class);
        }
    }

    static final class Content extends Words<AuditConfig.Content> {
        Content() {
            super(AuditConfig.Content.class);
        }
    }

    static final class Format extends Words<AuditConfig.Format> {
        Format() {
            super(AuditConfig.Format.class);
        }
    }

    static final class UpstreamTls extends Words<ServerTlsConfig.Mode> {
        UpstreamTls() {
            super(ServerTlsConfig.Mode.class);
        }
    }

    enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    static final class Levels extends Words<LogLevel> {
        Levels() {
            super(LogLevel.class);
        }
    }
}
