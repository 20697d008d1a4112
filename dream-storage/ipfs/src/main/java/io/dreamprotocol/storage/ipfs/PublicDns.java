package io.dreamprotocol.storage.ipfs;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import okhttp3.Dns;

/**
 * Resolves the host that a gateway redirects to, to public addresses alone (those outside the IANA's special-purpose registries,
 * RFC 6890), so that a gateway cannot make this machine speak to services on itself or in its own network.
 *
 * <p>The check is made when the connection is, so that a name cannot mean one address to the check and another to the connection.
 */
final class PublicDns implements Dns {
    static final PublicDns INSTANCE = new PublicDns();

    private static final byte[] NAT64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};

    private PublicDns() {}

    /** A redirect leads to an address that is not public. */
    static final class NotPublicException extends UnknownHostException {
        private static final long serialVersionUID = 1L;

        NotPublicException(String host) {
            super(host + " is inside a network that is not public");
        }
    }

    @Override
    public List<InetAddress> lookup(String host) throws UnknownHostException {
        List<InetAddress> addresses = List.of(InetAddress.getAllByName(host));
        for (InetAddress address : addresses) {
            if (!isPublic(address)) {
                throw new NotPublicException(host);
            }
        }
        return addresses;
    }

    static boolean isPublic(InetAddress address) {
        if (address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        return address instanceof Inet6Address ? isPublic6(bytes) : isPublic4(bytes);
    }

    private static boolean isPublic4(byte[] bytes) {
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        boolean carrier = first == 100 && second >= 64 && second < 128;
        boolean benchmark = first == 198 && (second == 18 || second == 19);
        boolean protocols = first == 192 && second == 0 && bytes[2] == 0;
        return first != 0 && first < 240 && !carrier && !benchmark && !protocols;
    }

    private static boolean isPublic6(byte[] bytes) {
        byte[] prefix = Arrays.copyOf(bytes, NAT64.length);
        if (Arrays.equals(prefix, NAT64) || Arrays.equals(prefix, new byte[NAT64.length])) {
            return isPublicWithin(bytes, NAT64.length);
        }
        if (bytes[0] == 0x20 && bytes[1] == 2) {
            return isPublicWithin(bytes, 2); // 6to4, RFC 3056
        }
        return (bytes[0] & 0xfe) != 0xfc;
    }

    private static boolean isPublicWithin(byte[] bytes, int from) {
        try {
            return isPublic(InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + 4)));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Four bytes are an address", e);
        }
    }
}
