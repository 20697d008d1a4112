package io.dreamprotocol.storage.ipfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicDnsTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "192.168.1.1", "169.254.169.254", "::1", "fd12::1", "64:ff9b::10.0.0.1"})
    void addressesInsideANetworkAreRefused(String address) {
        assertThatThrownBy(() -> PublicDns.INSTANCE.lookup(address)).isInstanceOf(PublicDns.NotPublicException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.8.8.8", "2606:4700::1"})
    void othersAreLookedUp(String address) throws UnknownHostException {
        assertThat(PublicDns.INSTANCE.lookup(address)).hasSize(1);
    }

    @Test
    void namesOfThisMachineAreNotPublic() {
        assertThatThrownBy(() -> PublicDns.INSTANCE.lookup("localhost"))
                .isInstanceOf(PublicDns.NotPublicException.class);
    }
}
