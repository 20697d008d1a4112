package io.dreamprotocol.core.style;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What a style model is. */
public enum StyleKind {
    /** A whole model, which runs by itself. */
    CHECKPOINT("checkpoint"),
    /** A low-rank change of a whole model's weights (arXiv 2106.09685). */
    LORA("lora"),
    /** New words of the prompt (arXiv 2208.01618). */
    TEXTUAL_INVERSION("textual-inversion"),
    /** A network that steers the composition (arXiv 2302.05543). */
    CONTROL_NET("controlnet");

    private final String id;

    StyleKind(String id) {
        this.id = id;
    }

    /**
     * Returns the name that manifests and commands use.
     *
     * @return for example {@code lora}
     */
    public String id() {
        return id;
    }

    /**
     * Finds a kind by its name.
     *
     * @param id for example {@code lora}
     * @return the kind
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST} if there is none
     */
    public static StyleKind of(String id) {
        return Arrays.stream(values())
                .filter(kind -> kind.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException(
                        ErrorCode.INVALID_REQUEST,
                        "Not a kind of style model: choose "
                                + Arrays.stream(values()).map(StyleKind::id).collect(Collectors.joining(", "))));
    }
}
