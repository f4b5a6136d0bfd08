package io.pgweir.audit;

import java.nio.charset.Charset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who and where: what every record of a session says. A new one when a part changes, which is a few times a session, so
 * that events share it and no event loop copies it.
 *
 * @param user that the startup packet named; null before it came
 * @param sessionUser where the server told another one: SET SESSION AUTHORIZATION
 * @param application application_name as the server told it last, before that the startup packet's
 * @param role {@code primary} or {@code standby} as the server told it (in_hot_standby, PostgreSQL 14), else null
 * @param charset of the client's texts: client_encoding as the server told it last, before that UTF-8
 * @param baseMicros wall clock at {@code baseNanos}, microseconds since 1970
 * @param baseNanos monotonic clock when the connection was accepted
 */
public record Origin(
        UUID session,
        ClientFacts client,
        @Nullable TlsFacts tls,
        @Nullable ServerFacts server,
        @Nullable String role,
        @Nullable String user,
        @Nullable String sessionUser,
        @Nullable String database,
        @Nullable String application,
        Charset charset,
        long baseMicros,
        long baseNanos) {

    /** Wall clock of a monotonic time: one reading a session, so that its records are in order whatever NTP does. */
    public long micros(long nanos) {
        return baseMicros + Math.floorDiv(nanos - baseNanos, 1000L);
    }

    Origin withTls(TlsFacts tls) {
        return new Origin(
                session,
                client,
                tls,
                server,
                role,
                user,
                sessionUser,
                database,
                application,
                charset,
                baseMicros,
                baseNanos);
    }

    Origin withServer(ServerFacts server) {
        return new Origin(
                session,
                client,
                tls,
                server,
                role,
                user,
                sessionUser,
                database,
                application,
                charset,
                baseMicros,
                baseNanos);
    }

    /** Of a statement that ran there. */
    Origin at(ServerFacts where) {
        return where.equals(server) ? this : withServer(where);
    }

    Origin withRole(String role) {
        return new Origin(
                session,
                client,
                tls,
                server,
                role,
                user,
                sessionUser,
                database,
                application,
                charset,
                baseMicros,
                baseNanos);
    }

    Origin withSessionUser(@Nullable String sessionUser) {
        return new Origin(
                session,
                client,
                tls,
                server,
                role,
                user,
                sessionUser,
                database,
                application,
                charset,
                baseMicros,
                baseNanos);
    }

    Origin withApplication(String application) {
        return new Origin(
                session,
                client,
                tls,
                server,
                role,
                user,
                sessionUser,
                database,
                application,
                charset,
                baseMicros,
                baseNanos);
    }

    Origin withCharset(Charset charset) {
        return new Origin(
                session,
                client,
                tls,
                server,
                role,
                user,
                sessionUser,
                database,
                application,
                charset,
                baseMicros,
                baseNanos);
    }

    Origin withStartup(String user, String database, String application) {
        return new Origin(
                session,
                client,
                tls,
                server,
                role,
                user,
                sessionUser,
                database,
                application,
                charset,
                baseMicros,
                baseNanos);
    }
}
