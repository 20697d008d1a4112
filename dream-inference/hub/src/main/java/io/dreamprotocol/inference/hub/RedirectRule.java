package io.dreamprotocol.inference.hub;

import io.dreamprotocol.core.net.Reach;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import okhttp3.Dns;
import okhttp3.HttpUrl;

/**
 * Where a hub may send its clients on to: never from https to http, and only to public addresses or to such as are as near as
 * the hub itself. A public hub cannot make this machine speak to services on itself or in its site's network.
 *
 * <p>The addresses are checked when the connection is made, so that a name cannot mean one address to the check and another
 * to the connection. Behind a proxy, names are the proxy's to resolve and to check.
 *
 * @param hub the hub's address
 * @param surroundings resolves names
 */
record RedirectRule(HttpUrl hub, Surroundings surroundings) {
    /** Tells whether the way from one address to the next is as safe as it was. */
    static boolean keepsSafety(HttpUrl from, HttpUrl to) {
        return to.isHttps() || !from.isHttps();
    }

    /** Resolves names for a request to the hub itself, whose address its user chose, or to where it sent us. */
    Dns dnsFor(HttpUrl target) {
        return target.host().equals(hub.host())
                ? new HubDns(surroundings)
                : new TargetDns(hub.host(), target.host(), surroundings);
    }

    /** Checks an address that is written in numbers, which is not asked of {@link #dnsFor}. */
    void checkNumeric(HttpUrl target) throws UnknownHostException {
        String host = target.host();
        if (!host.equals(hub.host()) && (host.contains(":") || host.matches("[0-9.]+"))) {
            dnsFor(target).lookup(host);
        }
    }

    // Records, because connections are shared between requests whose resolvers are equal.

    private record HubDns(Surroundings surroundings) implements Dns {
        @Override
        public List<InetAddress> lookup(String host) throws UnknownHostException {
            return surroundings.lookup(host);
        }
    }

    private record TargetDns(String hub, String target, Surroundings surroundings) implements Dns {
        @Override
        public List<InetAddress> lookup(String host) throws UnknownHostException {
            List<InetAddress> addresses = surroundings.lookup(host);
            if (host.equals(target)) {
                for (InetAddress address : addresses) {
                    Reach reach = surroundings.reach(address);
                    if (reach != Reach.PUBLIC && !isNear(reach)) {
                        throw new ForbiddenAddressException(host);
                    }
                }
            }
            return addresses;
        }

        private boolean isNear(Reach reach) throws UnknownHostException {
            return surroundings.lookup(hub).stream().allMatch(address -> surroundings.reach(address) == reach);
        }
    }
}
