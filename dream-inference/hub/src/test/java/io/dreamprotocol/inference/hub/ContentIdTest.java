package io.dreamprotocol.inference.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.encoding.Bytes;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ContentIdTest {
    /** What {@code echo hello | git hash-object --stdin} prints. */
    private static final String GIT_HELLO = "ce013625030ba8dba906f756967f9e9ca394464a";

    private static final byte[] HELLO = "hello\n".getBytes(StandardCharsets.US_ASCII);

    private static ContentId.Result check(ContentId id, byte[] content) {
        ContentId.Check check = id.check(content.length);
        check.update(content, content.length);
        return check.finish();
    }

    @Test
    void gitsIdOfAFileIsRecognised() {
        ContentId id = ContentId.of(ContentId.Kind.GIT, GIT_HELLO).orElseThrow();

        assertThat(check(id, HELLO)).isEqualTo(new ContentId.Result(id, Bytes.sha256(HELLO), true));
        assertThat(check(id, "Hello\n".getBytes(StandardCharsets.US_ASCII)).matches())
                .isFalse();
    }

    @Test
    void theSha256OfAFileIsRecognised() {
        ContentId id = new ContentId(ContentId.Kind.SHA256, Bytes.sha256(HELLO));

        assertThat(check(id, HELLO)).isEqualTo(new ContentId.Result(id, Bytes.sha256(HELLO), true));
        assertThat(check(id, new byte[1]).matches()).isFalse();
    }

    @Test
    void onlyDigestsOfTheRightLengthAreIds() {
        assertThat(ContentId.of(ContentId.Kind.SHA256, GIT_HELLO)).isEmpty();
        assertThat(ContentId.of(ContentId.Kind.GIT, GIT_HELLO + "\n")).isEmpty();
        assertThat(ContentId.of(ContentId.Kind.GIT, "../../../../../../../../../../etc/passwd"))
                .isEmpty();
        assertThat(ContentId.of(ContentId.Kind.GIT, 7)).isEmpty();
        assertThat(ContentId.of(ContentId.Kind.GIT, null)).isEmpty();
        assertThatThrownBy(() -> new ContentId(ContentId.Kind.GIT, Bytes.sha256(HELLO)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void textsKeepTheirId() {
        ContentId git = ContentId.of(ContentId.Kind.GIT, GIT_HELLO).orElseThrow();
        ContentId sha256 = new ContentId(ContentId.Kind.SHA256, Bytes.sha256(HELLO));

        assertThat(ContentId.parse(git.toString())).contains(git);
        assertThat(ContentId.parse(sha256.toString())).contains(sha256);
        assertThat(ContentId.parse("md5-" + GIT_HELLO)).isEmpty();
    }

    @Test
    void onlyTagsThatAreDigestsContradict() {
        ContentId id = ContentId.of(ContentId.Kind.GIT, GIT_HELLO).orElseThrow();

        assertThat(id.contradicts("\"" + GIT_HELLO + "\"")).isFalse();
        assertThat(id.contradicts("W/\"" + "0".repeat(40) + "\"")).isTrue();
        assertThat(id.contradicts("\"0123-abc\"")).isFalse();
        assertThat(id.contradicts("")).isFalse();
    }
}
