package io.pgweir.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** {@code 10.0.0.0/8}, {@code fd00::/8}, or one address. */
public final class Network {
    private final String text;
    private final byte[] prefix;
    private final int bits;

    private Network(String text, byte[] prefix, int bits) {
        this.text = text;
        this.prefix = prefix;
        this.bits = bits;
    }

    /** Empty where it is none; names are not resolved. */
    public static Optional<Network> parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        // Only what can be no host name: getByName would ask a name server.
        if (!address.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
            return Optional.empty();
        }
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress();
            int bits = slash < 0 ? bytes.length * 8 : Integer.parseInt(text.substring(slash + 1));
            return bits < 0 || bits > bytes.length * 8 ? Optional.empty() : Optional.of(new Network(text, bytes, bits));
        } catch (UnknownHostException | NumberFormatException _) {
            return Optional.empty();
        }
    }

    public boolean holds(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != prefix.length) {
            return false;
        }
        for (int i = 0; i < bits; i += 8) {
            int mask = bits - i >= 8 ? 0xFF : 0xFF << (8 - (bits - i));
            if (((bytes[i / 8] ^ prefix[i / 8]) & mask & 0xFF) != 0) {
                return false;
            }
        }
        return true;
    }

    /** By its text. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Network network && network.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
