package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What networks are told, besides latents and timestep, about each prediction of a call, under the names of their inputs.
 *
 * <p>Each input has a row for every prediction: with guidance those for the negative prompts of all images, then those for
 * their prompts.
 */
final class Conditioning {
    /** The text embeddings, one row of numbers for each token. */
    static final String TEXT = "encoder_hidden_states";

    /** The pooled text embedding of SDXL. */
    static final String POOLED_TEXT = "text_embeds";

    /** The sizes that SDXL is told. */
    static final String SIZES = "time_ids";

    /** The guidance scale that distilled models are told. */
    static final String GUIDANCE = "timestep_cond";

    private final int batch;
    private final Map<String, Block> blocks = new LinkedHashMap<>();

    /** What the model's refiner is told instead. */
    private Optional<Conditioning> refined = Optional.empty();

    private record Block(List<float[]> rows, Shape rowShape) {}

    Conditioning(int batch) {
        this.batch = batch;
    }

    /** Adds an input with a row for each prediction. */
    void add(String name, List<float[]> rows, long... rowShape) {
        if (rows.size() != batch) {
            throw new IllegalArgumentException(rows.size() + " rows of " + name + " for " + batch + " predictions");
        }
        blocks.put(name, new Block(rows, Shape.of(rowShape)));
    }

    /** Sets what the model's refiner is told instead. */
    void refineWith(Conditioning other) {
        refined = Optional.of(other);
    }

    /** What the model's refiner is told instead, if it takes part. */
    Optional<Conditioning> refined() {
        return refined;
    }

    /** How many predictions one call makes. */
    int batch() {
        return batch;
    }

    /** Tensors for those of the inputs that a network takes, in the format that it takes. */
    Map<String, Tensor> tensors(PartNetwork network) {
        Map<String, Tensor> tensors = new HashMap<>();
        blocks.forEach((name, block) -> {
            if (network.takes(name)) {
                tensors.put(name, tensor(network, name, block));
            }
        });
        return tensors;
    }

    private Tensor tensor(PartNetwork network, String name, Block block) {
        long[] dimensions = new long[block.rowShape.rank() + 1];
        dimensions[0] = batch;
        System.arraycopy(block.rowShape.toArray(), 0, dimensions, 1, block.rowShape.rank());
        Tensor tensor = Tensor.zeros(network.inputType(name), dimensions);
        int at = 0;
        for (float[] row : block.rows) {
            tensor.put(at, row, 0, row.length);
            at += row.length;
        }
        return tensor;
    }
}
