/**
 * Image files as people have them: decoding and writing them, the text in them that says how they were made, and resizing their
 * pictures.
 */
@NullMarked
package io.dreamprotocol.inference.images;

import org.jspecify.annotations.NullMarked;
