package io.dreamprotocol.storage.ipfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicDnsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.8.9.1",
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "172.16.0.1",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "192.0.0.8",
                "198.18.0.1",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::1",
                "::",
                "fe80::1",
                "fc00::1",
                "fd12::1",
                "ff02::1",
                "::ffff:127.0.0.1",
                "::127.0.0.1",
                "64:ff9b::10.0.0.1",
                "2002:7f00:1::"
            })
    void addressesInsideANetworkAreNotPublic(String address) throws UnknownHostException {
        assertThat(PublicDns.isPublic(InetAddress.getByName(address))).isFalse();
        assertThatThrownBy(() -> PublicDns.INSTANCE.lookup(address)).isInstanceOf(PublicDns.NotPublicException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1", "64:ff9b::8.8.8.8", "2002:808:808::"})
    void othersArePublic(String address) throws UnknownHostException {
        assertThat(PublicDns.isPublic(InetAddress.getByName(address))).isTrue();
        assertThat(PublicDns.INSTANCE.lookup(address)).hasSize(1);
    }

    @Test
    void namesOfThisMachineAreNotPublic() {
        assertThatThrownBy(() -> PublicDns.INSTANCE.lookup("localhost"))
                .isInstanceOf(PublicDns.NotPublicException.class);
    }
}
