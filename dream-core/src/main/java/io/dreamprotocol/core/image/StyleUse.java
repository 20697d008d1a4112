package io.dreamprotocol.core.image;

import io.dreamprotocol.core.storage.Cid;
import java.util.Objects;

/**
 * A style model on top of the base model, with its weights.
 *
 * @param name the name that people use for it, as in {@code <lora:name:weight>}: 1 to 128 characters without control characters
 * @param file the CID of its file, a {@code .safetensors}
 * @param weight its weight in the denoising network, -10 to 10
 * @param textEncoderWeight its weight in the text encoder, -10 to 10
 */
public record StyleUse(String name, Cid file, double weight, double textEncoderWeight) {
    private static final double MAX_WEIGHT = 10;

    /**
     * Checks the ranges.
     *
     * @throws io.dreamprotocol.core.error.InvalidInputException with {@code invalid-request}
     */
    public StyleUse {
        Objects.requireNonNull(file, "file");
        RequestOptions.check(
                !name.isBlank() && name.length() <= 128 && name.chars().noneMatch(Character::isISOControl),
                "A style model's name has 1 to 128 characters");
        RequestOptions.check(
                Math.abs(weight) <= MAX_WEIGHT && Math.abs(textEncoderWeight) <= MAX_WEIGHT,
                "A style model's weight lies between -10 and 10");
    }
}
