package io.dreamprotocol.inference.hub;

import io.dreamprotocol.core.encoding.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a hub calls the content of a file: its SHA-256 for the large files that Git LFS keeps, and for all others the SHA-1
 * that git calls a blob's object id.
 *
 * @param kind which digest it is
 * @param digest the digest
 */
record ContentId(Kind kind, Bytes digest) {
    enum Kind {
        SHA256("sha256-", 32),
        GIT("git-", 20);

        private final String prefix;
        private final int length;

        Kind(String prefix, int length) {
            this.prefix = prefix;
            this.length = length;
        }
    }

    ContentId {
        if (digest.length() != kind.length) {
            throw new IllegalArgumentException(kind + " has " + kind.length + " bytes, not " + digest.length());
        }
    }

    /** Reads hexadecimal digits; nothing if they are no digest of that kind. */
    static Optional<ContentId> of(Kind kind, @Nullable Object hex) {
        if (hex instanceof String text && text.matches("[0-9a-fA-F]{" + 2 * kind.length + "}")) {
            return Optional.of(new ContentId(kind, Bytes.fromHex(text.toLowerCase(Locale.ROOT))));
        }
        return Optional.empty();
    }

    /** Reads what {@link #toString()} wrote. */
    static Optional<ContentId> parse(String text) {
        for (Kind kind : Kind.values()) {
            if (text.startsWith(kind.prefix)) {
                return of(kind, text.substring(kind.prefix.length()));
            }
        }
        return Optional.empty();
    }

    /** Tells whether an entity tag that is made like an id of this kind is another one. Other tags prove nothing. */
    boolean contradicts(String entityTag) {
        String bare = entityTag.replace("W/", "").replace("\"", "");
        return of(kind, bare).filter(id -> !id.equals(this)).isPresent();
    }

    /** The id as a file name. */
    @Override
    public String toString() {
        return kind.prefix + digest.toHex();
    }

    /** Begins to check content of a size. */
    Check check(long size) {
        return new Check(size);
    }

    /** The digests of content that is read piece by piece. */
    final class Check {
        private final MessageDigest sha256 = Bytes.newSha256();
        private final @Nullable MessageDigest git;

        private Check(long size) {
            git = kind == Kind.GIT ? newSha1() : null;
            if (git != null) {
                git.update(("blob " + size + "\0").getBytes(StandardCharsets.US_ASCII));
            }
        }

        void update(byte[] bytes, int count) {
            sha256.update(bytes, 0, count);
            if (git != null) {
                git.update(bytes, 0, count);
            }
        }

        Result finish() {
            Bytes ofContent = Bytes.of(sha256.digest());
            Bytes found = git == null ? ofContent : Bytes.of(git.digest());
            return new Result(new ContentId(kind, found), ofContent, found.equals(digest));
        }
    }

    /**
     * What was found.
     *
     * @param found the content's id
     * @param sha256 the content's SHA-256
     * @param matches whether the content is what it should be
     */
    record Result(ContentId found, Bytes sha256, boolean matches) {}

    private static MessageDigest newSha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java platform lacks SHA-1, which its specification requires", e);
        }
    }
}
