package io.dreamprotocol.inference.diffusion.style;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.inference.diffusion.weights.SafetensorsFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Says what a file has that no LoRA has, as far as the names show it. */
final class ForeignEntries {
    private static final int SHOWN = 3;
    private static final Map<String, String> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("dora_scale", "DoRA");
        KINDS.put("lora_magnitude_vector", "DoRA");
        KINDS.put("hada_", "LoHa");
        KINDS.put("lokr_", "LoKr");
        KINDS.put("oft_", "OFT");
        KINDS.put("on_input", "IA3");
        KINDS.put("bundle_emb", "bundled embeddings");
        KINDS.put(".bias", "changes of biases");
        KINDS.put(".diff", "full differences of weights");
        KINDS.put("_norm", "changes of norms");
        KINDS.put("emb_params", "a textual inversion embedding");
        KINDS.put("lora_transformer_", "the layers of a diffusion transformer, another architecture");
        KINDS.put("transformer.", "the layers of a diffusion transformer, another architecture");
        KINDS.put("diffusion_model.", "the layers of another architecture");
    }

    private ForeignEntries() {}

    /** The error for a file with entries that were not understood, at least one. */
    static UnsupportedException error(Path file, List<String> names) {
        StringBuilder shown = new StringBuilder();
        names.stream()
                .limit(SHOWN)
                .forEach(name -> shown.append(shown.isEmpty() ? "" : ", ").append(SafetensorsFile.shown(name)));
        if (names.size() > SHOWN) {
            shown.append(" and ").append(names.size() - SHOWN).append(" more");
        }
        return new UnsupportedException(
                ErrorCode.UNSUPPORTED,
                "The style model " + file + " has entries that cannot be applied (" + kind(names) + "): " + shown
                        + "; use a LoRA for Stable Diffusion");
    }

    private static String kind(List<String> names) {
        for (Map.Entry<String, String> kind : KINDS.entrySet()) {
            if (names.stream().anyMatch(name -> name.contains(kind.getKey()))) {
                return kind.getValue();
            }
        }
        return "they are none of a LoRA";
    }
}
