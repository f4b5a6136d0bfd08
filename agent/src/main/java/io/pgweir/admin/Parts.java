package io.pgweir.admin;

import io.pgweir.config.AgentConfig;
import io.pgweir.proxy.LiveSessions;
import io.pgweir.rules.Rules;
import io.pgweir.telemetry.Telemetry;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the HTTP side shows and can do. All of it from any thread.
 *
 * @param version of the program
 * @param config as running
 * @param unready why clients should not be sent here, at this moment; empty where they may
 * @param reload begins to read anew what is read from files; does not wait for it
 * @param rules null where there are none
 */
public record Parts(
        String version,
        AgentConfig config,
        Telemetry telemetry,
        Supplier<List<String>> unready,
        Runnable reload,
        LiveSessions sessions,
        @Nullable Rules rules) {}
