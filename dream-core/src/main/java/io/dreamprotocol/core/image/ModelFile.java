package io.dreamprotocol.core.image;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.encoding.DagCbor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One file of a model, with what proves that it is the same.
 *
 * @param path the path below the model's folder, with forward slashes, never absolute and without {@code ..}
 * @param size the length in bytes
 * @param sha256 the SHA-256 digest of the content
 */
public record ModelFile(String path, long size, Bytes sha256) {
    /** Checks the parts. */
    public ModelFile {
        Objects.requireNonNull(path, "path");
        if (path.isEmpty()
                || path.startsWith("/")
                || path.contains("\\")
                || List.of(path.split("/", -1)).contains("..")) {
            throw new IllegalArgumentException("Not a path below a model's folder: " + path);
        }
        if (size < 0) {
            throw new IllegalArgumentException("A file's size cannot be negative: " + size);
        }
        if (sha256.length() != 32) {
            throw new IllegalArgumentException("A SHA-256 digest has 32 bytes, not " + sha256.length());
        }
    }

    /**
     * Returns the file that a model chiefly is: the largest one, and of several the first by path.
     *
     * @param files the model's files
     * @return the file; empty if there are none
     */
    public static Optional<ModelFile> principal(List<ModelFile> files) {
        return files.stream()
                .min(Comparator.comparingLong(ModelFile::size).reversed().thenComparing(ModelFile::path));
    }

    /**
     * Returns the digest that names a set of files: SHA-256 over the DAG-CBOR list of their paths, sizes and digests, sorted
     * by path.
     *
     * @param files the files, in any order
     * @return the digest, 32 bytes
     */
    public static Bytes digestOf(List<ModelFile> files) {
        List<ModelFile> sorted = new ArrayList<>(files);
        sorted.sort(Comparator.comparing(ModelFile::path));
        List<Object> list = new ArrayList<>();
        for (ModelFile file : sorted) {
            list.add(Map.of("path", file.path, "size", file.size, "sha256", file.sha256));
        }
        return Bytes.sha256(DagCbor.encode(list));
    }
}
