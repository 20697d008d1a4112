package io.dreamprotocol.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.encoding.Base32;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import java.util.Locale;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CidTest {
    private static final String DIRECTORY = "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354";
    private static final String EMPTY_RAW = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";

    @Test
    void theEmptyBlockHasTheCidThatIpfsGivesIt() {
        Cid cid = Cid.of(Cid.Codec.RAW, new byte[0]);
        assertThat(cid).hasToString(EMPTY_RAW);
        assertThat(cid.toBytes().toHex())
                .isEqualTo("01551220e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                EMPTY_RAW,
                "bafybeic44odnyjhc3eldyghscg7l5lrfmn2cx6nz3p56kezktjqxiitf3y",
                "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua"
            })
    void theTextFormReadsBack(String text) {
        Cid cid = Cid.parse(text);
        assertThat(cid).hasToString(text);
        assertThat(Cid.fromBytes(cid.toBytes().toArray())).isEqualTo(cid);
    }

    @Test
    void codecsTellBlocksApart() {
        Cid raw = Cid.of(Cid.Codec.RAW, new byte[0]);
        Cid dagPb = Cid.of(Cid.Codec.DAG_PB, new byte[0]);
        assertThat(raw).isNotEqualTo(dagPb);
        assertThat(raw.digest()).isEqualTo(dagPb.digest());
    }

    @Test
    void cidsSortByTheirText() {
        Cid left = Cid.of(Cid.Codec.RAW, new byte[] {1});
        Cid right = Cid.of(Cid.Codec.RAW, new byte[] {2});
        assertThat(Integer.signum(left.compareTo(right)))
                .isEqualTo(Integer.signum(left.toString().compareTo(right.toString())));
        assertThat(left.compareTo(Cid.parse(left.toString()))).isZero();
    }

    @Test
    void aDigestOfAnotherLengthIsAMistake() {
        Bytes digest = Bytes.of(new byte[31]);
        assertThatThrownBy(() -> new Cid(Cid.Codec.RAW, digest)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "b",
                "hello",
                "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyk",
                "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvykua",
                "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyk1",
                "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvykv",
                "../../etc/passwd",
                "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku\n",
                "\u0130afkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
            })
    void whatIsNoCidIsRefused(String text) {
        assertInvalid(() -> Cid.parse(text));
    }

    @Test
    void anEndlessTextIsRefused() {
        assertInvalid(() -> Cid.parse("b" + "a".repeat(1_000_000)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00551220", // version 0 with a version
                "02551220", // an unknown version
                "01991e1220", // an unknown codec
                "01551320", // SHA-512
                "01550020", // the identity
                "0155121f", // a digest one byte short
                "01551221", // a digest one byte long
                "0155129f00", // a length in more bytes than needed
                "ffffffffffffffffffff", // a number without end
                "01"
            })
    void binaryFormsOfAnotherKindAreRefused(String prefix) {
        byte[] binary = Bytes.fromHex(prefix + "11".repeat(32)).toArray();
        assertInvalid(() -> Cid.fromBytes(binary));
        assertInvalid(() -> Cid.parse("b" + Base32.encode(binary)));
    }

    @Test
    void bytesBehindACidAreRefused() {
        byte[] longer =
                Bytes.fromHex(Cid.parse(EMPTY_RAW).toBytes().toHex() + "00").toArray();
        assertInvalid(() -> Cid.fromBytes(longer));
    }

    @Test
    void upperCaseIsAnotherMultibase() {
        String upper = "b" + EMPTY_RAW.substring(1).toUpperCase(Locale.ROOT);
        assertInvalid(() -> Cid.parse(upper));
        assertThat(Cid.parse(EMPTY_RAW.toUpperCase(Locale.ROOT))).hasToString(EMPTY_RAW);
        assertInvalid(() -> Cid.parse("B" + EMPTY_RAW.substring(1)));
    }

    /** The forms are what {@code ipfs cid format -b BASE} of Kubo 0.42.0 gives. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "f0170122059948439065f29619ef41280cbb932be52c56d99c5966b65e0111239f098bbef",
                "F0170122059948439065F29619EF41280CBB932BE52C56D99C5966B65E0111239F098BBEF",
                "BAFYBEICZSSCDSBS7FFQZ55ASQDF3SMV6KLCW3GOFSZVWLYARCI47BGF354",
                "k2jmtxtlhjl3fhmgndf92e48by79ryjuvqp3y2qgehpao6v3lurvnmcv",
                "zdj7WbTaiJT1fgatdet9Ei9iDB5hdCxkbVyhyh8YTUnXMiwYi"
            })
    void otherBasesAreTheSameCid(String text) {
        assertThat(Cid.parse(text)).hasToString(DIRECTORY);
        assertInvalid(() -> Cid.parse(text.substring(0, text.length() - 1)));
        assertInvalid(() -> Cid.parse(text + text.charAt(5)));
        assertInvalid(() -> Cid.parse(text.substring(0, 9) + "0O" + text.substring(11)));
        assertInvalid(() -> Cid.parse(text.charAt(0) + "0" + text.substring(1)));
        assertInvalid(() -> Cid.parse(text.charAt(0) + "1" + text.substring(1)));
    }

    @Test
    void version0IsTheSameBlockInVersion1() {
        Cid cid = Cid.parse("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn");
        assertThat(cid).hasToString(DIRECTORY).isEqualTo(Cid.parse(DIRECTORY));
        assertThat(cid.codec()).isEqualTo(Cid.Codec.DAG_PB);
        assertThat(cid.toTextOfVersion0()).isEqualTo("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn");
        assertThat(Cid.fromBytes(Bytes.fromHex("1220" + cid.digest().toHex()).toArray()))
                .isEqualTo(cid);
        assertThatThrownBy(() -> Cid.parse(EMPTY_RAW).toTextOfVersion0()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void version0HasOneForm() {
        assertInvalid(() -> Cid.parse("zQmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn"));
        assertInvalid(() -> Cid.parse("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3N"));
        assertInvalid(() -> Cid.parse("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3N0"));
        assertInvalid(() -> Cid.parse("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nnn"));
        assertInvalid(() -> Cid.parse("f1220" + "11".repeat(32)));
    }

    private static void assertInvalid(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CID))
                .hasMessageNotContaining("\n");
    }
}
