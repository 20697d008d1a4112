package io.dreamprotocol.core.prompt;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A further network that a prompt asks for, such as {@code <lora:detail:0.8>}.
 *
 * @param kind what stands before the first colon, such as {@code lora}
 * @param positional the arguments without a name, first the network's own name
 * @param named the arguments of the form {@code name=value}
 */
public record ExtraNetwork(String kind, List<String> positional, Map<String, String> named) {

    /** Copies the arguments. */
    public ExtraNetwork {
        positional = List.copyOf(positional);
        named = Map.copyOf(named);
    }

    /**
     * Returns the network's name.
     *
     * @return the first argument, or empty if all have names
     */
    public Optional<String> name() {
        return positional.stream().findFirst();
    }

    /**
     * Returns the weight in the text encoder: the argument {@code te}, or else the second one.
     *
     * @return the weight, 1 if none is given
     * @throws InvalidInputException if it is not a finite number
     */
    public double textEncoderWeight() {
        return weight("te", 1, 1);
    }

    /**
     * Returns the weight in the denoising network: the argument {@code unet}, or else the third one.
     *
     * @return the weight, that of the text encoder if none is given
     * @throws InvalidInputException if it is not a finite number
     */
    public double unetWeight() {
        return weight("unet", 2, textEncoderWeight());
    }

    private double weight(String key, int position, double otherwise) {
        String text = named.get(key);
        if (text == null && position < positional.size()) {
            text = positional.get(position);
        }
        if (text == null) {
            return otherwise;
        }
        OptionalDouble weight = PythonText.number(text);
        if (weight.isEmpty() || Double.isInfinite(weight.getAsDouble())) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_PROMPT,
                    "The weight '" + text + "' in <" + kind + ":" + String.join(":", positional)
                            + "> is not a number; write for example <lora:name:0.8>");
        }
        return weight.getAsDouble();
    }
}
