package io.dreamprotocol.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnixFsFolderTest {
    private static final long ENOUGH = 1_000_000;

    @TempDir
    private Path folder;

    private final Map<Cid, byte[]> blocks = new HashMap<>();

    @Test
    void whatIsWrittenIsExtracted() throws IOException {
        Path from = folder.resolve("from");
        Files.createDirectories(from.resolve("sub/empty"));
        Files.writeString(from.resolve("sub/a"), "red");
        Files.write(from.resolve("large"), SampleContent.bytes("multiplicative", 600_000));
        Cid root = UnixFsFolder.write(from, this::keep);

        Path to = folder.resolve("to");
        UnixFsFolder.extract(root, to, ENOUGH, this::block);
        assertThat(to.resolve("sub/empty")).isEmptyDirectory();
        assertThat(to.resolve("sub/a")).hasContent("red");
        assertThat(to.resolve("large")).hasSameBinaryContentAs(from.resolve("large"));
        assertThat(UnixFsFolder.write(to, (cid, block) -> {})).isEqualTo(root);
        assertThat(names(folder)).containsExactly("from", "to");
    }

    @Test
    void pathsLeadDown() throws IOException {
        Files.createDirectories(folder.resolve("a/b"));
        Files.writeString(folder.resolve("a/b/c"), "red");
        Cid root = UnixFsFolder.write(folder, this::keep);
        assertThat(UnixFsFolder.resolve(root, "", this::block)).isEqualTo(root);
        assertThat(UnixFsFolder.resolve(root, "/a/b/c", this::block))
                .isEqualTo(UnixFsFile.cidOf("red".getBytes(StandardCharsets.UTF_8)));
        assertFails(ErrorCode.BLOB_NOT_FOUND, () -> UnixFsFolder.resolve(root, "a/x", this::block));
        assertFails(ErrorCode.BLOB_NOT_FOUND, () -> UnixFsFolder.resolve(root, "a/..", this::block));
        assertFails(ErrorCode.INVALID_CID, () -> UnixFsFolder.resolve(root, "a/b/c/d", this::block));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "/",
                "../x",
                "a/b",
                "\\",
                "..\\x",
                "C:",
                "a:b",
                "nul",
                "NUL.txt",
                "Com1",
                "lpt9.x",
                "a.",
                "a ",
                "a\u0000",
                "a\nb",
                "\u001b[31m",
                "what?",
                "a*b",
                "a|b"
            })
    void namesThatCouldLeadOutAreNeitherExtractedNorWritten(String name) throws IOException {
        Cid root = handMade(name);
        assertThat(UnixFsFolder.list(root, this::block))
                .extracting(UnixFsFolder.Entry::name)
                .containsExactly(name);
        Path target = folder.resolve("target");
        assertFails(ErrorCode.MALFORMED_DATA, () -> UnixFsFolder.extract(root, target, ENOUGH, this::block));
        assertThat(folder).isEmptyDirectory();
        assertFails(ErrorCode.INVALID_REQUEST, () -> UnixFsFolder.write(List.of(file(name)), this::keep));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,A", "straße,STRASSE", "\u00e9,e\u0301", "\u212b,\u00e5", "\ufb01x,FIX", "K,\u212a"})
    void namesThatSomeSystemsTakeForOneAreNeitherExtractedNorWritten(String pair) throws IOException {
        String[] names = pair.split(",", -1);
        Cid root = handMade(names);
        assertThat(UnixFsFolder.list(root, this::block)).hasSize(2);
        assertFails(
                ErrorCode.MALFORMED_DATA,
                () -> UnixFsFolder.extract(root, folder.resolve("target"), ENOUGH, this::block));
        assertThat(folder).isEmptyDirectory();
        assertFails(
                ErrorCode.INVALID_REQUEST,
                () -> UnixFsFolder.write(List.of(file(names[0]), file(names[1])), this::keep));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", ".hidden", "...x", "ä", "日本", "console", "com10", "a,b;c", "~", "-rf", "$(x)"})
    void otherNamesAreFine(String name) throws IOException {
        UnixFsFolder.extract(handMade(name), folder.resolve("target"), ENOUGH, this::block);
        assertThat(folder.resolve("target").resolve(name)).hasContent("x");
    }

    @Test
    void aNameHas255BytesAtMost() throws IOException {
        Cid fits = handMade("x".repeat(255));
        UnixFsFolder.extract(fits, folder.resolve("target"), ENOUGH, this::block);
        Cid tooLong = handMade("ä".repeat(128));
        assertFails(
                ErrorCode.MALFORMED_DATA,
                () -> UnixFsFolder.extract(tooLong, folder.resolve("other"), ENOUGH, this::block));
    }

    @Test
    void aNameThatIsThereTwiceIsDamage() throws IOException {
        Cid root = handMade("a", "a");
        assertFails(ErrorCode.BLOB_CORRUPT, () -> UnixFsFolder.list(root, this::block));
    }

    @Test
    void aBombIsDefused() throws IOException {
        UnixFsFolder.Entry bomb = file("x");
        for (int level = 0; level < 25; level++) {
            List<UnixFsFolder.Entry> children = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                children.add(new UnixFsFolder.Entry("n" + i, bomb.cid(), 1));
            }
            bomb = UnixFsFolder.write(children, this::keep);
        }
        Cid root = bomb.cid();
        assertFails(
                ErrorCode.BLOB_TOO_LARGE,
                () -> UnixFsFolder.extract(root, folder.resolve("target"), 1_000, this::block));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void foldersDeeperThanTheLimitAreRefused() throws IOException {
        UnixFsFolder.Entry deep = file("x");
        for (int level = 0; level < UnixFsFolder.MAX_DEPTH; level++) {
            deep = UnixFsFolder.write(List.of(new UnixFsFolder.Entry("d", deep.cid(), 1)), this::keep);
        }
        Cid most = deep.cid();
        UnixFsFolder.extract(most, folder.resolve("most"), ENOUGH, this::block);
        Cid more = UnixFsFolder.write(List.of(new UnixFsFolder.Entry("d", most, 1)), this::keep)
                .cid();
        assertFails(
                ErrorCode.BLOB_TOO_LARGE,
                () -> UnixFsFolder.extract(more, folder.resolve("more"), ENOUGH, this::block));
        assertThat(names(folder)).containsExactly("most");
    }

    @Test
    void filesTogetherHaveNoMoreThanTheLimit() throws IOException {
        Cid root = handMade("a", "b", "c");
        UnixFsFolder.extract(root, folder.resolve("fits"), 3, this::block);
        assertFails(ErrorCode.BLOB_TOO_LARGE, () -> UnixFsFolder.extract(root, folder.resolve("more"), 2, this::block));
        assertThat(names(folder)).containsExactly("fits");
    }

    @Test
    void whatIsThereIsNotOverwritten() throws IOException {
        Cid root = handMade("a");
        assertThatThrownBy(() -> UnixFsFolder.extract(root, folder, ENOUGH, this::block))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void linksAreNeitherWrittenNorExtracted() throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), Path.of("elsewhere"));
        assertFails(ErrorCode.INVALID_REQUEST, () -> UnixFsFolder.write(folder, this::keep));
        assertFails(ErrorCode.INVALID_REQUEST, () -> UnixFsFolder.write(folder.resolve("none"), this::keep));

        UnixFsNode link = new UnixFsNode(
                UnixFsNode.Type.SYMLINK, Bytes.of("/etc".getBytes(StandardCharsets.UTF_8)), 4, List.of(), 0);
        Cid cid = node(List.of(), link.encode());
        Cid root = node(List.of(new DagPbNode.Link(cid, "link", 10)), UnixFsNode.encodeFolder());
        assertFails(
                ErrorCode.MALFORMED_DATA,
                () -> UnixFsFolder.extract(root, folder.resolve("target"), ENOUGH, this::block));
        assertThat(folder.resolve("target")).doesNotExist();
    }

    @Test
    void missingAndDamagedBlocksAreNamed() throws IOException {
        Cid root = handMade("a", "b");
        blocks.remove(file("a").cid());
        assertFails(
                ErrorCode.BLOB_NOT_FOUND,
                () -> UnixFsFolder.extract(root, folder.resolve("target"), ENOUGH, this::block));
        blocks.get(root)[3] ^= 1;
        assertFails(ErrorCode.BLOB_CORRUPT, () -> UnixFsFolder.list(root, this::block));
        blocks.remove(root);
        assertFails(ErrorCode.BLOB_NOT_FOUND, () -> UnixFsFolder.list(root, this::block));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aFileIsNoFolder() throws IOException {
        Cid file = UnixFsFile.write(new SampleContent("zeros", 300_000), this::keep);
        assertFails(ErrorCode.INVALID_CID, () -> UnixFsFolder.list(file, this::block));
        assertThat(UnixFsFolder.isFolder(file, this::block)).isFalse();
        assertFails(ErrorCode.INVALID_CID, () -> UnixFsFolder.list(Cid.of(Cid.Codec.RAW, new byte[] {1}), this::block));
        assertThat(UnixFsFolder.isFolder(handMade("x"), this::block)).isTrue();
    }

    @Test
    void aFolderTooLargeForOneBlockIsNotWritten() {
        List<UnixFsFolder.Entry> entries = new ArrayList<>();
        for (int i = 0; i < 6_000; i++) {
            entries.add(new UnixFsFolder.Entry(
                    "a file with a name %05d".formatted(i), file("x").cid(), 1));
        }
        assertFails(ErrorCode.UNSUPPORTED, () -> UnixFsFolder.write(entries, this::keep));
    }

    @Test
    void aSpreadFolderMustBeWellFormed() throws IOException {
        for (String data : List.of(
                "0805120100280022", // no hash type, cut off
                "080512010028223001", // one place
                "080512010028223080808004", // millions of places
                "08051201002822300a" /* ten places */)) {
            Cid root = node(List.of(), Bytes.fromHex(data).toArray());
            assertFails(ErrorCode.BLOB_CORRUPT, () -> UnixFsFolder.list(root, this::block));
        }
        byte[] spread = Bytes.fromHex("0805120100282230 8002".replace(" ", "")).toArray();
        for (String name : List.of("", "A", "xyname", "0g", "AB")) {
            Cid root = node(List.of(new DagPbNode.Link(file("x").cid(), name, 1)), spread);
            assertFails(ErrorCode.BLOB_CORRUPT, () -> UnixFsFolder.list(root, this::block));
        }
        Cid empty = node(List.of(), spread);
        Cid around = node(List.of(new DagPbNode.Link(empty, "00", 1)), spread);
        assertFails(ErrorCode.BLOB_CORRUPT, () -> UnixFsFolder.list(around, this::block));
        Cid deep = node(List.of(new DagPbNode.Link(file("x").cid(), "00name", 1)), spread);
        for (int i = 0; i < 40; i++) {
            deep = node(List.of(new DagPbNode.Link(deep, "00", 1)), spread);
        }
        Cid tooDeep = deep;
        assertFails(ErrorCode.BLOB_CORRUPT, () -> UnixFsFolder.list(tooDeep, this::block));
    }

    private UnixFsFolder.Entry file(String name) {
        return new UnixFsFolder.Entry(name, keep(Cid.Codec.RAW, "x".getBytes(StandardCharsets.UTF_8)), 1);
    }

    /** A folder whose names nobody has checked. */
    private Cid handMade(String... names) {
        return node(
                Stream.of(names)
                        .map(name -> new DagPbNode.Link(file(name).cid(), name, 1))
                        .toList(),
                UnixFsNode.encodeFolder());
    }

    private Cid node(List<DagPbNode.Link> links, byte[] data) {
        return keep(Cid.Codec.DAG_PB, new DagPbNode(links, Optional.of(Bytes.of(data))).encode());
    }

    private Cid keep(Cid.Codec codec, byte[] block) {
        Cid cid = Cid.of(codec, block);
        blocks.put(cid, block);
        return cid;
    }

    private void keep(Cid cid, ByteBuffer block) {
        byte[] bytes = new byte[block.remaining()];
        block.get(bytes);
        blocks.put(cid, bytes);
    }

    private Optional<byte[]> block(Cid cid) {
        return Optional.ofNullable(blocks.get(cid));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DreamException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code))
                .hasMessageNotContaining("\n")
                .hasMessageNotContaining("\u001b");
    }
}
