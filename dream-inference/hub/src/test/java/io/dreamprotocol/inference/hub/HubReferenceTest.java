package io.dreamprotocol.inference.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubReferenceTest {
    @Test
    void aModelWithoutARevisionMeansMain() {
        assertThat(HubReference.parse("org/name")).isEqualTo(new HubReference("org/name", "main"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a/b", "Org_1/stable-diffusion.v1-5@main", "a/b@refs/pr/12", "a/b@v1.0+build", "a/_b@feature/x"})
    void validReferencesKeepTheirText(String text) {
        HubReference reference = HubReference.parse(text);

        assertThat(HubReference.parse(reference.toString())).isEqualTo(reference);
        assertThat(reference.toString()).startsWith(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "name",
                "/name",
                "org/",
                "a/b/c",
                "../b",
                "a/..",
                "./b",
                "a/.b",
                "a/b.",
                "-a/b",
                "a/b-",
                "a--b/c",
                "a/b..c",
                "a/b.git",
                "a b/c",
                "a/b c",
                "a\\b/c",
                "a/b%2f",
                "a/b?x",
                "a/b#x",
                "a/b:c",
                "ä/b",
                "a/b\n",
                "a/b@",
                "a/b@../x",
                "a/b@x..y",
                "a/b@/x",
                "a/b@x/",
                "a/b@x//y",
                "a/b@x y",
                "a/b@x@y",
                "a/b@x?y",
                "a/b@-x",
                "a/b@x\u0000",
                "a/b@.x",
                "a/b@x."
            })
    void otherTextsAreRefused(String text) {
        assertThatThrownBy(() -> HubReference.parse(text))
                .isInstanceOfSatisfying(
                        InvalidInputException.class,
                        error -> assertThat(error.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .satisfies(error -> assertThat(error.getMessage()).hasLineCount(1));
    }

    @Test
    void lengthsAreLimited() {
        String name = "x".repeat(HubReference.MAX_NAME);
        String revision = "x".repeat(HubReference.MAX_REVISION);

        assertThat(HubReference.parse(name + "/" + name + "@" + revision).revision())
                .isEqualTo(revision);
        assertThatThrownBy(() -> HubReference.parse("a/x" + name)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> HubReference.parse("a/b@x" + revision)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> HubReference.parse("a/b@" + "y".repeat(1_000_000)))
                .satisfies(error -> assertThat(error.getMessage()).hasSizeLessThan(400));
    }

    @Test
    void onlyAWholeCommitIsPinned() {
        assertThat(HubReference.parse("a/b@" + "0123456789".repeat(4)).isPinned())
                .isTrue();
        assertThat(HubReference.parse("a/b@0123456").isPinned()).isFalse();
        assertThat(HubReference.parse("a/b@" + "ABCDEF0123".repeat(4)).isPinned())
                .isFalse();
        assertThat(HubReference.parse("a/b").isPinned()).isFalse();
    }
}
