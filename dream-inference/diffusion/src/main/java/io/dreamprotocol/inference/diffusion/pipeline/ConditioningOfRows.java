package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.model.UnetConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Makes what the networks are told from the embeddings of all rows, and from the rest of the request. */
final class ConditioningOfRows {
    /** SDXL's refiner takes an aesthetic score in place of the size to make: six ids less two, and one more. */
    private static final int IDS_WITH_SCORE = 5;

    private final ModelFolder folder;
    private final DiffusionRequest request;
    private final PredictionRows rows;

    ConditioningOfRows(ModelFolder folder, DiffusionRequest request, PredictionRows rows) {
        this.folder = folder;
        this.request = request;
        this.rows = rows;
    }

    Conditioning of(List<PromptEmbedding> embeddings) {
        Conditioning conditioning = of(embeddings, folder.unet());
        if (request.refinerSwitch().isPresent()) {
            folder.refiner().ifPresent(refiner -> conditioning.refineWith(of(embeddings, refiner)));
        }
        return conditioning;
    }

    private Conditioning of(List<PromptEmbedding> embeddings, UnetConfig unet) {
        Conditioning conditioning = new Conditioning(rows.size());
        int width = unet.crossAttentionDim();
        conditioning.add(
                Conditioning.TEXT,
                embeddings.stream().map(row -> row.text().last(width).values()).toList(),
                embeddings.getFirst().text().tokens(),
                width);
        if (unet.takesTextAndTime()) {
            List<float[]> pooled =
                    embeddings.stream().map(row -> row.pooled().orElseThrow()).toList();
            conditioning.add(Conditioning.POOLED_TEXT, pooled, pooled.getFirst().length);
            boolean scored = unet.timeIds(pooled.getFirst().length)
                    .filter(count -> count == IDS_WITH_SCORE)
                    .isPresent();
            List<float[]> sizes = new ArrayList<>();
            for (int row = 0; row < rows.size(); row++) {
                boolean isNegative = rows.hasNegatives() && row < rows.imageCount();
                SizeHints hints = isNegative ? request.negativeSizeHints() : request.sizeHints();
                sizes.add(scored ? hints.idsWithScore(isNegative) : hints.ids());
            }
            conditioning.add(Conditioning.SIZES, sizes, sizes.getFirst().length);
        }
        if (unet.timeCondProjDim().isPresent()) {
            int guidanceWidth = unet.timeCondProjDim().get();
            float[] embedded = GuidanceEmbedding.of(request.guidance().scale(), guidanceWidth);
            conditioning.add(Conditioning.GUIDANCE, Collections.nCopies(rows.size(), embedded), guidanceWidth);
        }
        return conditioning;
    }
}
