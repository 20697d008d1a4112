package io.dreamprotocol.core.style;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.encoding.Fields;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a style model is: its files and what people need to know to choose and use it. It never changes.
 *
 * <p>Its canonical encoding is a DAG-CBOR map of at most {@link #MAX_BYTES} bytes, whose CID is on the ledger. Pickled files are
 * refused, because to load one is to run a stranger's program.
 *
 * @param name the name that prompts use, as in {@code <lora:name:weight>}: 1 to 64 small letters, digits, dots, dashes and underscores;
 *     on one ledger each name is given once
 * @param kind what it is
 * @param architecture the family of networks that it is or fits, for example {@code stable-diffusion-1}
 * @param description for people, at most 2,000 characters
 * @param triggerWords the words that bring the style out in a prompt; at most {@link #MAX_WORDS} of at most 64 characters
 * @param tags words by which it is found; as many
 * @param licence the licence of the files, as an SPDX expression or a name, 1 to 200 characters
 * @param files the files, at most {@link #MAX_FILES}, each path once
 * @param previews images that show what it does, made by the model itself; at most {@link #MAX_PREVIEWS}
 * @param sealed whether the files are encrypted, so that only workers with a licence can run them
 */
public record StyleManifest(
        String name,
        StyleKind kind,
        String architecture,
        String description,
        List<String> triggerWords,
        List<String> tags,
        String licence,
        List<StyleFile> files,
        List<Cid> previews,
        boolean sealed) {
    /** The most bytes of an encoded manifest: 1 MiB. */
    public static final int MAX_BYTES = 1 << 20;

    /** The most trigger words, and the most tags: 32. */
    public static final int MAX_WORDS = 32;

    /** The most files: 4,096. */
    public static final int MAX_FILES = 4096;

    /** The most previews: 16. */
    public static final int MAX_PREVIEWS = 16;

    private static final long VERSION = 1;
    private static final int MAX_DESCRIPTION = 2000;
    private static final int MAX_WORD = 64;
    private static final int MAX_LICENCE = 200;
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
    private static final Pattern ARCHITECTURE = Pattern.compile("[a-z0-9][a-z0-9.-]{0,63}");

    /** The endings of files that Python unpickles. */
    private static final List<String> PICKLES = List.of(".ckpt", ".pt", ".pth", ".bin", ".pkl", ".pickle");

    /**
     * Checks the parts and copies the lists.
     *
     * @throws InvalidInputException with {@link ErrorCode#INVALID_MANIFEST}
     */
    public StyleManifest {
        check(NAME.matcher(name).matches(), "its name has 1 to 64 small letters, digits, dots, dashes and underscores");
        Objects.requireNonNull(kind, "kind");
        check(ARCHITECTURE.matcher(architecture).matches(), "its architecture is a name such as stable-diffusion-1");
        check(
                description.length() <= MAX_DESCRIPTION && isText(description.replace('\n', ' ')),
                "its description has at most " + MAX_DESCRIPTION + " characters");
        triggerWords = List.copyOf(triggerWords);
        tags = List.copyOf(tags);
        checkWords(triggerWords, "trigger words");
        checkWords(tags, "tags");
        check(
                !licence.isBlank() && licence.length() <= MAX_LICENCE && isText(licence),
                "it names its licence in 1 to " + MAX_LICENCE + " characters");
        files = List.copyOf(files);
        check(!files.isEmpty() && files.size() <= MAX_FILES, "it has 1 to " + MAX_FILES + " files");
        Set<String> paths = new HashSet<>();
        for (StyleFile file : files) {
            String path = file.file().path().toLowerCase(Locale.ROOT);
            check(
                    isText(path) && isPlain(path),
                    "each path of a file is text, without empty parts and without dots for parts");
            check(paths.add(path), "two of its files have one path");
            check(
                    PICKLES.stream().noneMatch(path::endsWith),
                    "a file is of a pickled format, which runs a program when it is loaded; convert it to .safetensors");
        }
        previews = List.copyOf(previews);
        check(previews.size() <= MAX_PREVIEWS, "it has at most " + MAX_PREVIEWS + " previews");
    }

    private static void checkWords(List<String> words, String what) {
        check(words.size() <= MAX_WORDS, "it has at most " + MAX_WORDS + " " + what);
        for (String word : words) {
            check(
                    !word.isBlank() && word.length() <= MAX_WORD && isText(word),
                    "each of its " + what + " has 1 to " + MAX_WORD + " characters");
        }
    }

    /** Tells whether a path has no second way to be written, by which it would pass for another or for another format. */
    private static boolean isPlain(String path) {
        return Arrays.stream(path.split("/", -1)).noneMatch(part -> part.isEmpty() || part.equals("."));
    }

    private static boolean isText(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text)
                && text.chars().noneMatch(Character::isISOControl);
    }

    private static void check(boolean allowed, String expected) {
        if (!allowed) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_MANIFEST, "A style model's manifest is wrong: " + expected);
        }
    }

    /**
     * Returns the file that the model chiefly is: the largest one, or the first of these by path. Nobody can register a model with the
     * same one again.
     *
     * @return the file
     */
    public ModelFile principal() {
        return ModelFile.principal(files.stream().map(StyleFile::file).toList()).orElseThrow();
    }

    /**
     * Returns the digest of all files, which is that of a checkpoint's {@link io.dreamprotocol.core.image.ModelId}.
     *
     * @return 32 bytes
     */
    public Bytes digest() {
        return ModelFile.digestOf(files.stream().map(StyleFile::file).toList());
    }

    /**
     * Returns the CID of the encoding as a blob.
     *
     * @return the CID
     */
    public Cid cid() {
        return UnixFsFile.cidOf(encode());
    }

    /**
     * Returns the canonical encoding.
     *
     * @return a DAG-CBOR map
     */
    public byte[] encode() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("version", VERSION);
        map.put("name", name);
        map.put("kind", kind.id());
        map.put("architecture", architecture);
        map.put("description", description);
        map.put("triggerWords", triggerWords);
        map.put("tags", tags);
        map.put("licence", licence);
        map.put(
                "files",
                files.stream()
                        .map(file -> Map.of(
                                "path", file.file().path(),
                                "size", file.file().size(),
                                "sha256", file.file().sha256(),
                                "cid", file.cid()))
                        .toList());
        map.put("previews", previews);
        map.put("sealed", sealed);
        return DagCbor.encode(map);
    }

    /**
     * Reads the canonical encoding.
     *
     * @param encoded the bytes
     * @return the manifest
     * @throws CorruptDataException with {@link ErrorCode#MALFORMED_DATA} if the bytes are no manifest of a known version
     * @throws InvalidInputException with {@link ErrorCode#INVALID_MANIFEST} if a part is not allowed
     */
    public static StyleManifest decode(byte[] encoded) {
        if (encoded.length > MAX_BYTES) {
            throw new CorruptDataException(
                    ErrorCode.MALFORMED_DATA, "A style model's manifest has at most " + MAX_BYTES + " bytes");
        }
        Fields fields = Fields.decode(encoded, "manifest");
        fields.requireVersion(VERSION);
        return new StyleManifest(
                fields.text("name"),
                StyleKind.of(fields.text("kind")),
                fields.text("architecture"),
                fields.text("description"),
                fields.texts("triggerWords"),
                fields.texts("tags"),
                fields.text("licence"),
                fields.maps("files").stream().map(StyleManifest::file).toList(),
                fields.cids("previews"),
                fields.flag("sealed"));
    }

    private static StyleFile file(Fields fields) {
        return fields.build(() -> new StyleFile(
                new ModelFile(fields.text("path"), fields.number("size"), fields.bytes("sha256")), fields.cid("cid")));
    }
}
