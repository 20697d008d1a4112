/**
 * Style models: low-rank changes of a model's weights (<a href="https://arxiv.org/abs/2106.09685">LoRA</a>) and embeddings
 * of new words (<a href="https://arxiv.org/abs/2208.01618">textual inversion</a>), read from the files that the common
 * trainers write.
 *
 * <p>What a file means does not depend on how the model's networks are stored. Nothing in a file is left out silently: an
 * entry that is not understood is an error that names it.
 */
@NullMarked
package io.dreamprotocol.inference.diffusion.style;

import org.jspecify.annotations.NullMarked;
