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
 * @param config as running at this moment
 * @param unready why clients should not be sent here, at this moment; empty where they may
 * @param reload reads anew what is read from files, and waits for it
 * @param rules null where there are none
 */
public record Parts(
        String version,
        Supplier<AgentConfig> config,
        Telemetry telemetry,
        Supplier<List<String>> unready,
        Supplier<ReloadReport> reload,
        LiveSessions sessions,
        ClusterControl clusters,
        CaptureControl captures,
        @Nullable Rules rules) {}
