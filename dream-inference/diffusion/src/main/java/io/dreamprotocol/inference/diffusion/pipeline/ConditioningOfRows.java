package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.inference.diffusion.model.UnetConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Makes what the networks are told from the embeddings of all rows, and from the rest of the request. */
final class ConditioningOfRows {
    private final UnetConfig unet;
    private final DiffusionRequest request;
    private final PredictionRows rows;

    ConditioningOfRows(UnetConfig unet, DiffusionRequest request, PredictionRows rows) {
        this.unet = unet;
        this.request = request;
        this.rows = rows;
    }

    Conditioning of(List<PromptEmbedding> embeddings) {
        Conditioning conditioning = new Conditioning(rows.size());
        TextEmbedding first = embeddings.getFirst().text();
        conditioning.add(
                Conditioning.TEXT,
                embeddings.stream().map(row -> row.text().values()).toList(),
                first.tokens(),
                first.width());
        if (unet.takesTextAndTime()) {
            List<float[]> pooled =
                    embeddings.stream().map(row -> row.pooled().orElseThrow()).toList();
            conditioning.add(Conditioning.POOLED_TEXT, pooled, pooled.getFirst().length);
            List<float[]> sizes = new ArrayList<>();
            for (int row = 0; row < rows.size(); row++) {
                boolean isNegative = rows.hasNegatives() && row < rows.imageCount();
                sizes.add((isNegative ? request.negativeSizeHints() : request.sizeHints()).ids());
            }
            conditioning.add(Conditioning.SIZES, sizes, sizes.getFirst().length);
        }
        if (unet.timeCondProjDim().isPresent()) {
            int width = unet.timeCondProjDim().get();
            float[] embedded = GuidanceEmbedding.of(request.guidance().scale(), width);
            conditioning.add(Conditioning.GUIDANCE, Collections.nCopies(rows.size(), embedded), width);
        }
        return conditioning;
    }
}
