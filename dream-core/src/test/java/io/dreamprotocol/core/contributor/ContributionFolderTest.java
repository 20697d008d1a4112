package io.dreamprotocol.core.contributor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.style.Contribution;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContributionFolderTest {
    private static final AccountId ANN = new AccountId("evm:aa");
    private static final AccountId BOB = new AccountId("evm:bb");

    @TempDir
    Path folder;

    private void file(String path, String content) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private static InputStream utf8(String csv) {
        return new ByteArrayInputStream(csv.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void everyImageOfAContributorsFolderCountsOne() throws Exception {
        file("evm-aa/1.png", "1");
        file("evm-aa/deeper/2.JPG", "2");
        file("evm-aa/1.txt", "a caption");
        file("evm-aa/.DS_Store", "x");
        file("evm_bb/3.webp", "3");
        file(".cache/evm-cc/4.png", "4");
        file("README.md", "x");

        ContributionList list = ContributionFolder.read(folder);

        assertThat(list.size()).isEqualTo(2);
        assertThat(list.find(ANN)).contains(new Contribution(ANN, 2));
        assertThat(list.find(BOB)).contains(new Contribution(BOB, 1));
    }

    @Test
    void theSameImageCountsOnceForOneAndIsRefusedUnderTwo() throws Exception {
        file("evm-aa/1.png", "same");
        file("evm-aa/2.png", "same");
        assertThat(ContributionFolder.read(folder).totalWeight()).isEqualTo(1);

        file("evm-bb/1.png", "same");
        assertWrong(() -> ContributionFolder.read(folder), "is there twice");
    }

    @Test
    void aFolderThatIsNoAccountIsNamed() throws Exception {
        file("holiday/1.png", "1");
        assertWrong(() -> ContributionFolder.read(folder), "holiday is not named by an account");
    }

    @Test
    void anImageOutsideOfTheFoldersIsNamed() throws Exception {
        file("1.png", "1");
        assertWrong(() -> ContributionFolder.read(folder), "lies in no contributor's folder");
    }

    @Test
    void aFolderWithoutImagesHasNoContributor() throws Exception {
        file("evm-aa/1.txt", "1");
        assertWrong(() -> ContributionFolder.read(folder), "no contributor");
    }

    @Test
    void symbolicLinksAreRefused(@TempDir Path elsewhere) throws Exception {
        Files.writeString(elsewhere.resolve("secret.png"), "1");
        file("evm-aa/1.png", "1");
        Files.createSymbolicLink(folder.resolve("evm-aa/2.png"), elsewhere.resolve("secret.png"));
        assertWrong(() -> ContributionFolder.read(folder), "symbolic link");
    }

    @Test
    void foldersHaveADepth() throws Exception {
        file("evm-aa/" + "d/".repeat(ContributionFolder.MAX_DEPTH) + "1.png", "1");
        assertThat(ContributionFolder.read(folder).size()).isEqualTo(1);
        file("evm-aa/" + "d/".repeat(ContributionFolder.MAX_DEPTH + 1) + "1.png", "2");
        assertWrong(() -> ContributionFolder.read(folder), "deeper");
    }

    @Test
    void aMappingAssignsImages() throws Exception {
        file("1.png", "1");
        file("sub/2.png", "2");

        ContributionList list =
                ContributionFolder.read(folder, utf8("image,account,weight\n1.png,evm:aa,5\nsub/2.png,evm:bb,2\n"));

        assertThat(list.find(ANN)).contains(new Contribution(ANN, 5));
        assertThat(list.find(BOB)).contains(new Contribution(BOB, 2));
    }

    @Test
    void aMappingFitsItsFolder() throws Exception {
        file("1.png", "1");
        assertWrong(
                () -> ContributionFolder.read(folder, utf8("1.png,evm:aa\n../1.png,evm:aa\n")),
                "Line 2: the folder has no such image");
        assertWrong(
                () -> ContributionFolder.read(folder, utf8("1.png,evm:aa\n1.png,evm:bb\n")),
                "Line 2: the image was named before");
        assertWrong(() -> ContributionFolder.read(folder, utf8("evm:aa,1\n")), "Line 1: it names no image");
        file("2.png", "2");
        assertWrong(() -> ContributionFolder.read(folder, utf8("1.png,evm:aa\n")), "Image 2.png is in no row");
    }

    private static void assertWrong(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(InvalidInputException.class).hasMessageContaining(message);
    }
}
