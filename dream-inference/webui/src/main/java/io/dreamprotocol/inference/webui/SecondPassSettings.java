package io.dreamprotocol.inference.webui;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.image.HiresPass;
import io.dreamprotocol.core.image.HiresPass.Upscaler;
import io.dreamprotocol.inference.webui.SettingsLeft.Sides;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The web UI's second pass at a larger size ("hires fix"), as its versions wrote it. */
final class SecondPassSettings {
    private static final String UPSCALE = "Hires upscale";
    private static final String RESIZE = "Hires resize";
    private static final String STEPS = "Hires steps";
    private static final String UPSCALER = "Hires upscaler";
    private static final String OLD_SIZE = "First pass size";

    /** What images of this protocol have that began with a picture, whose strength comes first. */
    private static final String OWN_STRENGTH = "Hires denoising strength";

    /** The pixels that the oldest versions took for a first pass of no given size, and what its sides were multiples of. */
    private static final int OLD_SIDE = 512;

    private static final int OLD_MULTIPLE = 64;

    private final SettingsLeft settings;

    SecondPassSettings(SettingsLeft settings) {
        this.settings = settings;
    }

    /** Up to early 2023 the size was that of the finished image, and that of the first pass was a setting. */
    void modernise() {
        Optional<Sides> first = settings.peek(OLD_SIZE, SettingsLeft::sides);
        Optional<Sides> last = settings.peek("Size", SettingsLeft::sides);
        if (first.isEmpty() || last.isEmpty()) {
            return;
        }
        boolean given = first.get().width() > 0 && first.get().height() > 0;
        Sides sides = given ? first.get() : oldFirstSize(last.get());
        settings.drop(OLD_SIZE);
        settings.put(RESIZE, settings.peek("Size"));
        settings.put("Size", sides.width() + "x" + sides.height());
    }

    private static Sides oldFirstSize(Sides last) {
        double scale = OLD_SIDE / Math.sqrt((double) last.width() * last.height());
        return new Sides(oldSide(last.width(), scale), oldSide(last.height(), scale));
    }

    private static int oldSide(int side, double scale) {
        return (int) Math.ceil(side * scale / OLD_MULTIPLE) * OLD_MULTIPLE;
    }

    /** Takes the second pass; leaves everything where it is if there is none, or one that cannot be made. */
    Optional<HiresPass> take() {
        Optional<Double> scale = settings.peek(UPSCALE, SettingsLeft::decimal).or(this::scaleOfSizes);
        String strengthName = settings.has(OWN_STRENGTH) ? OWN_STRENGTH : "Denoising strength";
        Optional<Double> strength = settings.peek(strengthName, SettingsLeft::decimal);
        Optional<Integer> steps = settings.peek(STEPS, SettingsLeft::count)
                .filter(count -> count > 0)
                .or(() -> settings.peek("Steps", SettingsLeft::count));
        if (scale.isEmpty() || strength.isEmpty() || steps.isEmpty()) {
            return Optional.empty();
        }
        String name = settings.has(UPSCALER) ? settings.peek(UPSCALER) : "Latent";
        boolean latent = name.toLowerCase(Locale.ROOT).startsWith("latent");
        try {
            // The web UI means the steps that run, and lays out as many more as the strength leaves out.
            int all = (int) (steps.get() / Math.min(strength.get(), StrengthOfSteps.MOST));
            HiresPass pass = new HiresPass(
                    scale.get(),
                    all,
                    StrengthOfSteps.running(steps.get(), all, strength.get()),
                    latent ? Upscaler.LATENT : Upscaler.LANCZOS);
            List.of(UPSCALE, RESIZE, STEPS, UPSCALER, strengthName).forEach(settings::drop);
            if (!List.of("latent", "lanczos", "none").contains(name.toLowerCase(Locale.ROOT))) {
                settings.miss(
                        UPSCALER,
                        name,
                        latent
                                ? "the latents are interpolated bilinearly instead"
                                : "the pixels are interpolated by Lanczos' method instead");
            }
            return Optional.of(pass);
        } catch (DreamException e) {
            return Optional.empty();
        }
    }

    /** Where only the larger size is said, both sides must have grown by one factor. */
    private Optional<Double> scaleOfSizes() {
        Optional<Sides> first = settings.peek("Size", SettingsLeft::sides);
        Optional<Sides> last = settings.peek(RESIZE, SettingsLeft::sides);
        if (first.isEmpty() || last.isEmpty()) {
            return Optional.empty();
        }
        Sides from = first.get();
        Sides to = last.get();
        // A side of 0 is the one that follows from the other.
        double scale = to.width() == 0 ? (double) to.height() / from.height() : (double) to.width() / from.width();
        boolean even = to.width() == 0
                || to.height() == 0
                || (long) to.width() * from.height() == (long) to.height() * from.width();
        return even ? Optional.of(scale) : Optional.empty();
    }
}
