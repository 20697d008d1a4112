package io.dreamprotocol.inference.hub;

import java.net.UnknownHostException;

/** A redirect leads to an address inside a network that the hub is not in. */
final class ForbiddenAddressException extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    ForbiddenAddressException(String host) {
        super(host);
    }
}
