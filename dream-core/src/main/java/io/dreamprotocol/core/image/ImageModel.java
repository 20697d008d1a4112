package io.dreamprotocol.core.image;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.storage.BlobSource;

/**
 * An image model: a request in, progress and an image out.
 *
 * <p>A model is thread-safe: it serves concurrent requests correctly, each with its own result, progress and cancellation.
 * The same request gives the same pixels on the same engine, version and execution provider.
 */
public interface ImageModel extends AutoCloseable {
    /**
     * Returns what this model is and can do. The answer never changes.
     *
     * @return the descriptor
     */
    ModelDescriptor descriptor();

    /**
     * Checks that this model can make an image for a request, without running a network.
     *
     * @param request the request
     * @throws DreamException saying which part is wrong and what would fit: another model ({@code unknown-model}), the size
     *     ({@code invalid-size}), more memory than there is ({@code not-enough-memory}), the scheduler ({@code
     *     unknown-scheduler}), the prompt ({@code invalid-prompt})
     */
    void check(CanonicalRequest request);

    /**
     * Makes the image for a request.
     *
     * <p>Blocks until the image is done. Nothing in the request is substituted silently: what cannot be done as asked is an
     * error.
     *
     * @param request the request
     * @param inputs where the images and style models that the request names are read from
     * @param listener is told of every one of the request's {@link CanonicalRequest#effectiveSteps}, on the calling thread
     * @param cancellation stops the work, also inside a step
     * @return the image and how it was made
     * @throws DreamException as {@link #check} does; {@code cancelled} or {@code deadline-exceeded} when stopped; {@code
     *     engine-failed} when a network fails; the source's own error if an input cannot be read
     */
    ModelOutput generate(
            CanonicalRequest request, BlobSource inputs, ProgressListener listener, Cancellation cancellation);

    /**
     * Makes the image for a request that names no images and style models.
     *
     * @param request the request
     * @param listener is told of every step, on the calling thread
     * @param cancellation stops the work, also inside a step
     * @return the image and how it was made
     * @throws DreamException as {@link #generate(CanonicalRequest, BlobSource, ProgressListener, Cancellation)} does
     */
    default ModelOutput generate(CanonicalRequest request, ProgressListener listener, Cancellation cancellation) {
        return generate(request, BlobSource.NONE, listener, cancellation);
    }

    /** Frees the networks. Waits for running work to end; calling it twice does nothing more. */
    @Override
    void close();
}
