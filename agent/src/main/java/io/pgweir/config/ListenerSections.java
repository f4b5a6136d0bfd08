package io.pgweir.config;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a listener does with its clients' addresses and names. */
final class ListenerSections {
    private ListenerSections() {}

    /** As chmod has it. */
    static int socketMode(Section section) {
        Item mode = section.item("socket-mode");
        if (mode == null) {
            return ListenerConfig.SOCKET_MODE;
        }
        if (!mode.text().matches("0?[0-7]{3}")) {
            mode.fault('"' + mode.text() + "\" (expected: permissions such as \"0770\")");
            return ListenerConfig.SOCKET_MODE;
        }
        return Integer.parseInt(mode.text(), 8);
    }

    static @Nullable ProxyProtocolConfig proxyProtocol(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        section.require("from");
        List<Network> from = new ArrayList<>();
        for (Item item : section.list("from")) {
            Optional<Network> network = Network.parse(item.text());
            if (network.isEmpty()) {
                item.fault('"' + item.text() + "\" (expected: an address or a network, such as 10.0.0.0/8)");
            }
            network.ifPresent(from::add);
        }
        ProxyProtocolConfig config =
                new ProxyProtocolConfig(from, section.oneOf("others", ProxyProtocolConfig.Others.REFUSE));
        section.end();
        return config;
    }

    static @Nullable ApplicationNameConfig applicationName(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        section.require("suffix");
        ApplicationNameConfig config = new ApplicationNameConfig(section.text("suffix"));
        section.end();
        boolean ascii = config.suffix().chars().allMatch(character -> character > 0x1f && character < 0x7f);
        if (!ascii || config.bytesMax() >= ApplicationNameConfig.BYTES_MAX) {
            section.fault(
                    "suffix",
                    "suffix: " + config.suffix().getBytes(StandardCharsets.UTF_8).length + " bytes, with the session "
                            + config.bytesMax() + " (expected: ASCII, shorter than PostgreSQL's "
                            + ApplicationNameConfig.BYTES_MAX + " bytes of a name)");
        }
        return config;
    }
}
