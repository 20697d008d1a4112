package io.dreamprotocol.inference.diffusion.style;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.jr.ob.JSON;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.inference.diffusion.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/**
 * The scales that newer diffusers keep beside the tensors, under {@code lora_adapter_metadata}: the configuration of PEFT
 * for each network, where a file has no alphas of its own.
 */
final class AdapterAlphas {
    private static final String KEY = "lora_adapter_metadata";
    private static final int MAX_DEPTH = 8;

    /** Names of layers; the general regular expressions that PEFT would take are in no file that diffusers writes. */
    private static final Pattern LAYER = Pattern.compile("[A-Za-z0-9_.]+");

    private static final JSON READER = JSON.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .build();

    private final Path file;
    private final Map<?, ?> members;

    private AdapterAlphas(Path file, Map<?, ?> members) {
        this.file = file;
        this.members = members;
    }

    /** Reads what a file says, if anything. */
    static AdapterAlphas of(SafetensorsFile file) {
        String json = file.metadata().get(KEY);
        if (json == null) {
            return new AdapterAlphas(file.path(), Map.of());
        }
        try {
            AdapterAlphas alphas = new AdapterAlphas(file.path(), READER.mapFrom(json));
            alphas.requirePlainLora();
            return alphas;
        } catch (IOException e) {
            throw new CorruptDataException(
                    ErrorCode.MODEL_FILE_CORRUPT, corrupt(file.path()).getMessage(), e);
        }
    }

    private void requirePlainLora() {
        for (Map.Entry<?, ?> member : members.entrySet()) {
            if (((String) member.getKey()).endsWith(".use_dora") && Boolean.TRUE.equals(member.getValue())) {
                throw new UnsupportedException(
                        ErrorCode.UNSUPPORTED,
                        "The style model " + file + " is a DoRA, which is not supported; use a LoRA");
            }
        }
    }

    /** The scale of a layer's product, or nothing if the file does not say. */
    OptionalDouble scale(LoraKey layer, int rank) {
        String prefix = layer.part().folder() + ".";
        Object alpha = members.get(prefix + "lora_alpha");
        if (members.get(prefix + "alpha_pattern") instanceof Map<?, ?> pattern) {
            for (Map.Entry<?, ?> each : pattern.entrySet()) {
                String name = (String) each.getKey();
                if (!LAYER.matcher(name).matches()) {
                    throw corrupt(file);
                }
                if (layer.layer().equals(name) || layer.layer().endsWith("." + name)) {
                    alpha = each.getValue();
                }
            }
        }
        if (alpha == null) {
            return OptionalDouble.empty();
        }
        if (!(alpha instanceof Number number) || !Double.isFinite(number.doubleValue())) {
            throw corrupt(file);
        }
        boolean stabilized = Boolean.TRUE.equals(members.get(prefix + "use_rslora"));
        return OptionalDouble.of(number.doubleValue() / (stabilized ? Math.sqrt(rank) : rank));
    }

    private static CorruptDataException corrupt(Path file) {
        return new CorruptDataException(
                ErrorCode.MODEL_FILE_CORRUPT,
                "The style model " + file + " has a malformed " + KEY + "; fetch it again or save it again");
    }
}
