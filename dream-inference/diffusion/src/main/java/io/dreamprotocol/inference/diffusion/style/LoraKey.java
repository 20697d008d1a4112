package io.dreamprotocol.inference.diffusion.style;

import io.dreamprotocol.inference.diffusion.model.ModelPart;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a tensor in a LoRA file, taken apart.
 *
 * <p>Four spellings are in use: that of kohya's trainer ({@code lora_unet_mid_block_..._to_q.lora_down.weight}, with an
 * alpha, and with a middle factor in LoCon), that of PEFT ({@code unet.mid_block....to_q.lora_A.weight}), that of older
 * diffusers ({@code unet.mid_block....to_q.lora.down.weight}, in text encoders {@code lora_linear_layer}), and that of its
 * attention processors ({@code mid_block....attn1.processor.to_q_lora.down.weight}).
 *
 * @param part the network that the layer belongs to
 * @param layer the layer's name; in kohya's spelling underscores stand for the dots
 * @param role what the tensor is to the layer
 */
record LoraKey(ModelPart part, String layer, Role role) {

    /** What a tensor is to its layer. */
    enum Role {
        /** From the input channels to the ranks. */
        DOWN,
        /** From the ranks to the output channels. */
        UP,
        /** A convolution between the two, from ranks to ranks. */
        MID,
        /** The number whose ratio to the rank scales the product. */
        ALPHA
    }

    private static final Map<String, Role> SUFFIXES = new LinkedHashMap<>();
    private static final Map<String, ModelPart> PREFIXES = new LinkedHashMap<>();

    static {
        SUFFIXES.put(".lora_linear_layer.down.weight", Role.DOWN);
        SUFFIXES.put(".lora_linear_layer.up.weight", Role.UP);
        SUFFIXES.put(".lora_down.weight", Role.DOWN);
        SUFFIXES.put(".lora_up.weight", Role.UP);
        SUFFIXES.put(".lora_mid.weight", Role.MID);
        SUFFIXES.put(".lora.down.weight", Role.DOWN);
        SUFFIXES.put(".lora.up.weight", Role.UP);
        SUFFIXES.put(".lora_A.weight", Role.DOWN);
        SUFFIXES.put(".lora_B.weight", Role.UP);
        SUFFIXES.put(".alpha", Role.ALPHA);
        PREFIXES.put("lora_unet_", ModelPart.UNET);
        PREFIXES.put("lora_te_", ModelPart.TEXT_ENCODER);
        PREFIXES.put("lora_te1_", ModelPart.TEXT_ENCODER);
        PREFIXES.put("lora_te2_", ModelPart.TEXT_ENCODER_2);
        PREFIXES.put("unet.", ModelPart.UNET);
        PREFIXES.put("text_encoder.", ModelPart.TEXT_ENCODER);
        PREFIXES.put("text_encoder_2.", ModelPart.TEXT_ENCODER_2);
    }

    private static final Pattern PROCESSOR = Pattern.compile(
            "(?:unet\\.)?((?:down_blocks|mid_block|up_blocks)\\..+)\\.processor\\.to_(q|k|v|out)_lora\\.(down|up)\\.weight");

    /** Reads a name, or finds that it is none of a LoRA. */
    static Optional<LoraKey> parse(String name) {
        Matcher processor = PROCESSOR.matcher(name);
        if (processor.matches()) {
            String kind = processor.group(2);
            return Optional.of(new LoraKey(
                    ModelPart.UNET,
                    processor.group(1) + ".to_" + (kind.equals("out") ? "out.0" : kind),
                    processor.group(3).equals("down") ? Role.DOWN : Role.UP));
        }
        for (Map.Entry<String, Role> suffix : SUFFIXES.entrySet()) {
            if (name.endsWith(suffix.getKey())) {
                return withPrefix(
                        name.substring(0, name.length() - suffix.getKey().length()), suffix.getValue());
            }
        }
        return Optional.empty();
    }

    private static Optional<LoraKey> withPrefix(String name, Role role) {
        for (Map.Entry<String, ModelPart> prefix : PREFIXES.entrySet()) {
            if (name.startsWith(prefix.getKey())
                    && name.length() > prefix.getKey().length()) {
                return Optional.of(new LoraKey(
                        prefix.getValue(), name.substring(prefix.getKey().length()), role));
            }
        }
        return Optional.empty();
    }
}
