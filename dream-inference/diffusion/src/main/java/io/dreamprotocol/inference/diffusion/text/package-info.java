/** Text as a text encoder wants it: CLIP's tokenizer, read from a model's own files. */
@NullMarked
package io.dreamprotocol.inference.diffusion.text;

import org.jspecify.annotations.NullMarked;
