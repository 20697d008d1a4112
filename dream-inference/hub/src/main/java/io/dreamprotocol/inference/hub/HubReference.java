package io.dreamprotocol.inference.hub;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A model on a hub, at a revision: {@code ORG/NAME@REVISION}.
 *
 * <p>Names follow the hub's rules: letters, digits, {@code - _ .}, at most {@value #MAX_NAME} characters, without {@code --}
 * and {@code ..}, and neither begin nor end with a dash or dot.
 *
 * @param repository the owner and the model's name, as {@code ORG/NAME}
 * @param revision a branch, a tag, or a commit id of 40 hexadecimal digits
 */
public record HubReference(String repository, String revision) {
    /** The revision that is meant where none is given. */
    public static final String DEFAULT_REVISION = "main";

    /** The most characters of an owner's or a model's name. */
    public static final int MAX_NAME = 96;

    /** The most characters of a revision. */
    public static final int MAX_REVISION = 200;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?");
    private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.+/-]*[A-Za-z0-9_+-])?");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    /** Checks both parts. */
    public HubReference {
        Objects.requireNonNull(repository, "repository");
        Objects.requireNonNull(revision, "revision");
        int slash = repository.indexOf('/');
        if (slash < 0 || !isName(repository.substring(0, slash)) || !isName(repository.substring(slash + 1))) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "Not the name of a model on a hub: '" + Shown.of(repository)
                            + "'; expected ORG/NAME or ORG/NAME@REVISION");
        }
        if (revision.length() > MAX_REVISION
                || !REVISION.matcher(revision).matches()
                || revision.contains("..")
                || revision.contains("//")) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "Not a revision of a model: '" + Shown.of(revision)
                            + "'; expected a branch, a tag, or a commit of 40 hexadecimal digits");
        }
    }

    /**
     * Reads a reference.
     *
     * @param text {@code ORG/NAME} or {@code ORG/NAME@REVISION}
     * @return the reference, with {@value #DEFAULT_REVISION} where no revision is given
     * @throws InvalidInputException with {@code invalid-request} if the text is none
     */
    public static HubReference parse(String text) {
        int at = text.indexOf('@');
        return at < 0
                ? new HubReference(text, DEFAULT_REVISION)
                : new HubReference(text.substring(0, at), text.substring(at + 1));
    }

    /**
     * Tells whether the revision is a commit, so that it means the same files for ever.
     *
     * @return true for 40 hexadecimal digits in lower case
     */
    public boolean isPinned() {
        return isCommit(revision);
    }

    static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    String owner() {
        return repository.substring(0, repository.indexOf('/'));
    }

    String name() {
        return repository.substring(repository.indexOf('/') + 1);
    }

    private static boolean isName(String text) {
        return text.length() <= MAX_NAME
                && NAME.matcher(text).matches()
                && !text.contains("--")
                && !text.contains("..")
                && !text.endsWith(".git");
    }

    /** Returns the reference as {@link #parse} reads it. */
    @Override
    public String toString() {
        return repository + "@" + revision;
    }
}
