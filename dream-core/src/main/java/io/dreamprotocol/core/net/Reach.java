package io.dreamprotocol.core.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * How far away a network address lies, by the IANA's special-purpose address registries (RFC 6890).
 *
 * <p>Whoever follows where a server sends it looks at this first, so that the server cannot make this machine speak to services on itself or
 * in its own network.
 */
public enum Reach {
    /** This machine. */
    LOOPBACK,
    /** This link; clouds answer there with a machine's credentials. */
    LINK_LOCAL,
    /** The networks of a site or a provider, and what is not for single machines. */
    PRIVATE,
    /** Everything else. */
    PUBLIC;

    private static final byte[] NAT64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};

    /**
     * Finds out where an address lies.
     *
     * @param address the address; of one that wraps a version 4 address, the wrapped one counts
     * @return how far away it is
     */
    public static Reach of(InetAddress address) {
        if (address.isLoopbackAddress() || address.isAnyLocalAddress()) {
            return LOOPBACK;
        }
        if (address.isLinkLocalAddress()) {
            return LINK_LOCAL;
        }
        if (address.isSiteLocalAddress() || address.isMulticastAddress()) {
            return PRIVATE;
        }
        byte[] bytes = address.getAddress();
        return address instanceof Inet6Address ? ofVersion6(bytes) : ofVersion4(bytes);
    }

    private static Reach ofVersion4(byte[] bytes) {
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        if (first == 0) {
            return LOOPBACK;
        }
        boolean carrier = first == 100 && second >= 64 && second < 128;
        boolean benchmark = first == 198 && (second == 18 || second == 19);
        boolean protocols = first == 192 && second == 0 && bytes[2] == 0;
        return carrier || benchmark || protocols || first >= 240 ? PRIVATE : PUBLIC;
    }

    private static Reach ofVersion6(byte[] bytes) {
        byte[] prefix = Arrays.copyOf(bytes, NAT64.length);
        if (Arrays.equals(prefix, NAT64) || Arrays.equals(prefix, new byte[NAT64.length])) {
            return of(embedded(bytes, NAT64.length));
        }
        if (bytes[0] == 0x20 && bytes[1] == 2) {
            return of(embedded(bytes, 2)); // 6to4, RFC 3056
        }
        boolean uniqueLocal = (bytes[0] & 0xfe) == 0xfc;
        return uniqueLocal ? PRIVATE : PUBLIC;
    }

    private static InetAddress embedded(byte[] bytes, int from) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + 4));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Four bytes are an address", e);
        }
    }
}
