package io.dreamprotocol.inference.hub;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The secret with which an account reads private and gated models from a hub.
 *
 * <p>It is sent to the hub's own address and to no other, and appears in no message, log or {@link #toString()}. Immutable.
 */
public final class HubToken {
    /** The environment variable that Hugging Face's own programs read. */
    public static final String VARIABLE = "HF_TOKEN";

    /** The most characters of a token. */
    public static final int MAX_LENGTH = 4096;

    private static final Pattern VISIBLE = Pattern.compile("[!-~]+");

    private final String secret;

    private HubToken(String secret) {
        this.secret = secret;
    }

    /**
     * Takes a token.
     *
     * @param secret the token; white space around it is left out
     * @return the token
     * @throws InvalidInputException with {@code invalid-configuration} if it is empty, too long, or has characters that no
     *     token has
     */
    public static HubToken of(String secret) {
        String trimmed = secret.strip();
        if (trimmed.length() > MAX_LENGTH || !VISIBLE.matcher(trimmed).matches()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "The hub's token is empty, too long, or has other characters than a token; copy it again");
        }
        return new HubToken(trimmed);
    }

    /**
     * Reads a token from a file that holds nothing else.
     *
     * @param file the file
     * @return the token
     * @throws InvalidInputException with {@code invalid-configuration} if the file cannot be read or holds no token
     */
    public static HubToken read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return of(new String(in.readNBytes(MAX_LENGTH + 2), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "The file " + file + " with the hub's token cannot be read; check its path and permissions",
                    e);
        }
    }

    /**
     * Takes the token from the variable {@value #VARIABLE}.
     *
     * @param environment the environment's variables, such as {@code System.getenv()}
     * @return the token, or nothing if the variable is not set or empty
     * @throws InvalidInputException with {@code invalid-configuration} if the variable holds no token
     */
    public static Optional<HubToken> from(Map<String, String> environment) {
        return Optional.ofNullable(environment.get(VARIABLE))
                .filter(value -> !value.isBlank())
                .map(HubToken::of);
    }

    /** The value of the request header Authorization (RFC 6750). */
    String authorization() {
        return "Bearer " + secret;
    }

    /** Returns a text without the secret. */
    @Override
    public String toString() {
        return "HubToken[secret]";
    }
}
