package io.dreamprotocol.core.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.UnsupportedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignatureVerifierTest {
    /** RFC 8032, section 7.1, tests 1 to 3. */
    @ParameterizedTest
    @CsvSource({
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a, '',"
                + "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c, 72,"
                + "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025, af82,"
                + "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    })
    void publishedSignaturesFit(String publicKey, String message, String signature) {
        AccountId account = AccountId.ofEd25519(Bytes.fromHex(publicKey));
        byte[] bytes = Bytes.fromHex(message).toArray();

        assertThat(SignatureVerifier.verify(account, bytes, Bytes.fromHex(signature)))
                .isTrue();
        byte[] changed = Bytes.fromHex(signature).toArray();
        changed[40] ^= 1;
        assertThat(SignatureVerifier.verify(account, bytes, Bytes.of(changed))).isFalse();
    }

    @Test
    void anAccountThatIsNoKeySignsNothing() {
        assertThat(SignatureVerifier.verify(new AccountId("ed25519:zz"), new byte[1], Bytes.of(new byte[64])))
                .isFalse();
        assertThat(SignatureVerifier.verify(
                        AccountId.ofEd25519(Bytes.of(new byte[32])), new byte[1], Bytes.of(new byte[3])))
                .isFalse();
    }

    @Test
    void anUnknownSchemeIsSaid() {
        assertThatThrownBy(
                        () -> SignatureVerifier.verify(new AccountId("evm:0x00"), new byte[1], Bytes.of(new byte[64])))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("evm");
    }
}
