package io.dreamprotocol.inference.diffusion.pipeline;

import com.sun.management.OperatingSystemMXBean;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.model.UnetConfig;
import io.dreamprotocol.inference.diffusion.model.VaeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An estimate of the memory that a request's networks need while they run, so that a size too large is refused instead of
 * bringing the machine down.
 *
 * <p>What counts is the square of the number of positions in attention, and the widest activations. Measured with ONNX
 * Runtime on the processor, it is right within a tenth from 512 to 1024 pixels of dream-mini; engines with clever kernels
 * need less.
 */
final class MemoryNeed {
    /** Below this, no question is asked: every machine that runs the networks has it. */
    private static final long NEGLIGIBLE = 256L << 20;

    private static final double KIB = 1 << 10;
    private static final double MIB = 1 << 20;
    private static final Path LINUX = Path.of("/proc/meminfo");
    private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s+(\\d{1,15}) kB");

    /** The scores of attention, and their softmax. */
    private static final int SCORE_COPIES = 2;

    /** Input, output and kept skip connections of a level. */
    private static final int ACTIVATION_COPIES = 6;

    private final double bytes;
    private final DiffusionRequest request;

    private MemoryNeed(double bytes, DiffusionRequest request) {
        this.bytes = bytes;
        this.request = request;
    }

    /**
     * Estimates the need of a request.
     *
     * @param predictions how many predictions each call makes
     * @param tokens how many tokens each prediction is told
     */
    static MemoryNeed of(ModelFolder folder, DiffusionRequest request, int predictions, int tokens) {
        int factor = folder.vae().scaleFactor();
        double positions = ((double) request.width() / factor) * ((double) request.height() / factor);
        double refining = request.refinerSwitch().isPresent()
                ? folder.refiner()
                        .map(refiner -> denoising(refiner, predictions, positions, tokens))
                        .orElse(0.0)
                : 0;
        return new MemoryNeed(
                Math.max(
                        Math.max(denoising(folder.unet(), predictions, positions, tokens), refining),
                        autoencoding(folder.vae(), request.height() / factor, request.width() / factor)),
                request);
    }

    /** The estimate. */
    double bytes() {
        return bytes;
    }

    /** Refuses the request if there is not as much. */
    void requireAvailable() {
        if (bytes <= NEGLIGIBLE) {
            return;
        }
        double available = available();
        if (bytes > available) {
            throw new UnsupportedException(
                    ErrorCode.NOT_ENOUGH_MEMORY,
                    "Making " + request.images() + " x " + request.width() + "x" + request.height() + " needs about "
                            + (long) (bytes / MIB) + " MiB of memory, but there are " + (long) (available / MIB)
                            + " MiB; ask for a smaller size or fewer pictures at a time");
        }
    }

    private static double denoising(UnetConfig unet, int batch, double positions, int tokens) {
        double largest = (double) batch * tokens * unet.crossAttentionDim() * SCORE_COPIES * Float.BYTES;
        double at = positions;
        for (int level = 0; level < unet.blockOutChannels().size(); level++) {
            double scores = unet.attentionLevels().get(level)
                    ? at * Math.max(at, tokens) * unet.attentionHeads().get(level) * SCORE_COPIES
                    : 0;
            double activations = at * unet.blockOutChannels().get(level) * ACTIVATION_COPIES;
            largest = Math.max(largest, batch * (scores + activations) * Float.BYTES);
            at /= 4;
        }
        return largest;
    }

    /** The need of the autoencoder's work on a picture, which is cut into tiles where that is too much. */
    private static double autoencoding(VaeConfig vae, int height, int width) {
        VaeTiling tiling = VaeTiling.DEFAULT;
        return tiling.cuts(vae, height, width)
                ? decoding(vae, Math.min(height, tiling.tile()), Math.min(width, tiling.tile()))
                : decoding(vae, height, width);
    }

    /**
     * Estimates the need of an autoencoder's work on latents.
     *
     * @param height their height
     * @param width their width
     */
    static double decoding(VaeConfig vae, int height, int width) {
        double positions = (double) height * width;
        double pixels = positions * vae.scaleFactor() * vae.scaleFactor();
        int finest = vae.blockOutChannels().stream()
                .limit(2)
                .mapToInt(Integer::intValue)
                .max()
                .orElseThrow();
        double scores = vae.attention() ? positions * positions * SCORE_COPIES : 0;
        return Math.max(scores, pixels * finest * ACTIVATION_COPIES) * Float.BYTES;
    }

    /** What the machine, or the container, has in all, and what others have left of it, where the system says. */
    private static double available() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        double total = system == null ? Double.POSITIVE_INFINITY : system.getTotalMemorySize();
        try (Stream<String> lines = Files.lines(LINUX)) {
            return lines.map(AVAILABLE::matcher)
                    .filter(Matcher::matches)
                    .mapToDouble(line -> Double.parseDouble(line.group(1)) * KIB)
                    .reduce(total, Math::min);
        } catch (IOException | UncheckedIOException e) {
            return total;
        }
    }
}
