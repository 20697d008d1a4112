package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.net.Reach;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import okhttp3.Dns;

/**
 * Resolves the host that a gateway redirects to, to public addresses alone, so that a gateway cannot make this machine speak to services on itself or in its own network.
 *
 * <p>The check is made when the connection is, so that a name cannot mean one address to the check and another to the connection.
 */
final class PublicDns implements Dns {
    static final PublicDns INSTANCE = new PublicDns();

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
            if (Reach.of(address) != Reach.PUBLIC) {
                throw new NotPublicException(host);
            }
        }
        return addresses;
    }
}
