package io.dreamprotocol.core.image;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * What an image model is and can do, so that a request can be completed and checked before anyone works on it.
 *
 * @param id the model's name and digest
 * @param architecture the family of networks, for example {@code stable-diffusion-1}
 * @param files the files that determine its results, with their digests
 * @param defaults what a request means that leaves a setting open
 * @param limits what a request may ask for
 * @param schedulers the names of the schedulers that it can use, the canonical spelling of each
 */
public record ModelDescriptor(
        ModelId id,
        String architecture,
        List<ModelFile> files,
        ModelDefaults defaults,
        ModelLimits limits,
        List<String> schedulers) {
    /** Copies the lists. */
    public ModelDescriptor {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(architecture, "architecture");
        files = List.copyOf(files);
        Objects.requireNonNull(defaults, "defaults");
        Objects.requireNonNull(limits, "limits");
        schedulers = List.copyOf(schedulers);
    }

    /**
     * Finds the canonical spelling of a scheduler's name. Case, blanks and punctuation do not count, so {@code euler_a}, {@code Euler
     * a} and {@code EULER-A} are the same.
     *
     * @param name the name in any spelling
     * @return the canonical name
     * @throws InvalidInputException with {@link ErrorCode#UNKNOWN_SCHEDULER}, listing the names that there are
     */
    public String canonicalScheduler(String name) {
        String wanted = letters(name);
        for (String scheduler : schedulers) {
            if (letters(scheduler).equals(wanted)) {
                return scheduler;
            }
        }
        String shown = name.length() <= 40 ? name : name.substring(0, 40) + "...";
        throw new InvalidInputException(
                ErrorCode.UNKNOWN_SCHEDULER,
                "Unknown scheduler '" + shown + "'; " + id.name() + " has " + String.join(", ", schedulers));
    }

    private static String letters(String name) {
        // "DPM++" and "DPMPP" are two spellings of one name.
        return name.toLowerCase(Locale.ROOT).replace("+", "p").replaceAll("[^a-z0-9]", "");
    }
}
