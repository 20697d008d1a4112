package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import io.dreamprotocol.inference.diffusion.scheduler.DenoisingRun;
import org.jspecify.annotations.Nullable;

/**
 * The latents that denoising begins with, and what goes along with them where part of a picture is painted anew.
 *
 * <p>Draws noise in the order in which diffusers does: first for the latents of the picture, if they are needed, then the
 * noise itself, then for the latents of the picture without the part to be painted.
 */
final class Beginning {
    private final Latents latents;
    private final float @Nullable [] extraChannels;
    private final @Nullable KeptPart kept;

    private Beginning(Latents latents, float @Nullable [] extraChannels, @Nullable KeptPart kept) {
        this.latents = latents;
        this.extraChannels = extraChannels;
        this.kept = kept;
    }

    /** Begins as a request says. */
    static Beginning of(
            StableDiffusionModel model,
            DiffusionRequest request,
            DenoisingRun run,
            NoiseSource noise,
            Cancellation cancellation) {
        if (request.initialLatents().isPresent()) {
            Drawing drawing = new Drawing(model, request, noise, cancellation);
            float[] latents = request.initialLatents().get().latents().values();
            return new Beginning(drawing.noisy(latents, drawing.noise(), run), null, null);
        }
        if (request.initialPicture().isEmpty()) {
            return new Beginning(fromNoise(model.folder(), request, run, noise), null, null);
        }
        InitialPicture initial = request.initialPicture().get();
        Drawing drawing = new Drawing(model, request, noise, cancellation);
        if (initial.mask().isEmpty()) {
            float[] picture = drawing.latentsOf(Pixels.toSigned(initial.picture()));
            return new Beginning(drawing.noisy(picture, drawing.noise(), run), null, null);
        }
        return drawing.repaint(initial, initial.mask().get(), run);
    }

    /** How many draws come before that of the noise to begin with. */
    static int drawsBeforeNoise(ModelFolder folder, DiffusionRequest request) {
        return request.initialPicture()
                .map(initial -> initial.mask().isPresent() && needsNoPicture(folder, initial) ? 0 : 1)
                .orElse(0);
    }

    /** How many draws there are before the first step. */
    static int draws(ModelFolder folder, DiffusionRequest request) {
        boolean mask = request.initialPicture().flatMap(InitialPicture::mask).isPresent();
        return drawsBeforeNoise(folder, request) + (mask ? 2 : 1);
    }

    /** A network that is told what to keep needs no latents of a picture that is all noise at the beginning. */
    private static boolean needsNoPicture(ModelFolder folder, InitialPicture initial) {
        return folder.unet().inChannels() > folder.vae().latentChannels() && initial.strength() >= 1;
    }

    /** What the denoising works on, in place. */
    Latents latents() {
        return latents;
    }

    /** For each image, the channels that an inpainting network takes after the latents' own; null for other networks. */
    float @Nullable [] extraChannels() {
        return extraChannels;
    }

    /** Puts back the part of the picture that is not painted anew, as noisy as the next call expects it. */
    void keep(DenoisingRun run, int call) {
        if (kept != null) {
            kept.restore(run, call, latents.values());
        }
    }

    private static Latents fromNoise(
            ModelFolder folder, DiffusionRequest request, DenoisingRun run, NoiseSource noise) {
        Latents latents = empty(folder, request);
        noise.fill(latents.values());
        scale(latents.values(), run.initNoiseSigma());
        return latents;
    }

    private static Latents empty(ModelFolder folder, DiffusionRequest request) {
        int factor = folder.vae().scaleFactor();
        return Latents.zeros(
                request.images(), folder.vae().latentChannels(), request.height() / factor, request.width() / factor);
    }

    private static void scale(float[] values, float factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
    }

    /** Makes latents from pictures and noise. */
    private static final class Drawing {
        private final StableDiffusionModel model;
        private final DiffusionRequest request;
        private final NoiseSource source;
        private final Cancellation cancellation;
        private final Latents shape;

        Drawing(StableDiffusionModel model, DiffusionRequest request, NoiseSource source, Cancellation cancellation) {
            this.model = model;
            this.request = request;
            this.source = source;
            this.cancellation = cancellation;
            this.shape = empty(model.folder(), request);
        }

        float[] noise() {
            float[] noise = new float[shape.values().length];
            source.fill(noise);
            return noise;
        }

        /** Latents of one picture for every image; where the images share a generator, they share the latents too. */
        float[] latentsOf(float[] picture) {
            VaeEncoder.Posterior posterior =
                    model.encoder().encode(picture, request.height(), request.width(), cancellation);
            int size = shape.imageSize();
            float[] all = new float[shape.values().length];
            float[] one = new float[size];
            if (source instanceof PerImageNoise) {
                source.fill(all);
            } else {
                source.fill(one);
            }
            for (int start = 0; start < all.length; start += size) {
                if (source instanceof PerImageNoise) {
                    System.arraycopy(all, start, one, 0, size);
                }
                if (source instanceof PerImageNoise || start == 0) {
                    posterior.sample(one);
                }
                System.arraycopy(one, 0, all, start, size);
            }
            return all;
        }

        Latents noisy(float[] picture, float[] noise, DenoisingRun run) {
            run.addNoise(picture, noise, run.beginIndex(), shape.values());
            return shape;
        }

        Beginning repaint(InitialPicture initial, RgbImage maskPicture, DenoisingRun run) {
            boolean[] mask = Pixels.toMask(maskPicture);
            boolean ownChannels = model.folder().unet().inChannels() > shape.channels();
            boolean fromNoise = initial.strength() >= 1;
            float[] signed = Pixels.toSigned(initial.picture());
            float[] picture = needsNoPicture(model.folder(), initial) ? new float[0] : latentsOf(signed);
            float[] noise = noise();
            float[] masked = latentsOf(without(signed, mask));
            if (fromNoise) {
                System.arraycopy(noise, 0, shape.values(), 0, noise.length);
                scale(shape.values(), run.initNoiseSigma());
            } else {
                noisy(picture, noise, run);
            }
            float[] small = shrink(mask);
            return ownChannels
                    ? new Beginning(shape, extra(small, masked), null)
                    : new Beginning(shape, null, new KeptPart(picture, noise, small, shape.imageSize()));
        }

        /** The picture with grey where it is painted anew. */
        private static float[] without(float[] picture, boolean[] mask) {
            float[] rest = picture.clone();
            for (int i = 0; i < rest.length; i++) {
                if (mask[i % mask.length]) {
                    rest[i] = 0;
                }
            }
            return rest;
        }

        /** The mask in the latents' size, by the pixel at the top left of each element. */
        private float[] shrink(boolean[] mask) {
            int factor = model.folder().vae().scaleFactor();
            float[] small = new float[shape.height() * shape.width()];
            for (int y = 0; y < shape.height(); y++) {
                for (int x = 0; x < shape.width(); x++) {
                    small[y * shape.width() + x] = mask[y * factor * request.width() + x * factor] ? 1 : 0;
                }
            }
            return small;
        }

        /** For each image the mask, then the latents of the masked picture. */
        private float[] extra(float[] mask, float[] masked) {
            int size = shape.imageSize();
            float[] channels = new float[shape.images() * (mask.length + size)];
            int at = 0;
            for (int image = 0; image < shape.images(); image++) {
                System.arraycopy(mask, 0, channels, at, mask.length);
                System.arraycopy(masked, image * size, channels, at + mask.length, size);
                at += mask.length + size;
            }
            return channels;
        }
    }

    /** The part of a picture that an ordinary network must not change. */
    private static final class KeptPart {
        private final float[] picture;
        private final float[] noise;
        private final float[] mask;
        private final int imageSize;

        KeptPart(float[] picture, float[] noise, float[] mask, int imageSize) {
            this.picture = picture;
            this.noise = noise;
            this.mask = mask;
            this.imageSize = imageSize;
        }

        void restore(DenoisingRun run, int call, float[] sample) {
            float[] wanted = picture;
            if (call + 1 < run.length()) {
                wanted = new float[sample.length];
                run.addNoise(picture, noise, call + 1, wanted);
            }
            for (int i = 0; i < sample.length; i++) {
                float painted = mask[i % imageSize % mask.length];
                sample[i] = (1 - painted) * wanted[i] + painted * sample[i];
            }
        }
    }
}
