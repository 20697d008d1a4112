package io.dreamprotocol.inference.webui;

import java.util.Objects;

/**
 * Something that an image's generation parameters say and that a request cannot ask for, so that the image comes out differently.
 *
 * @param name the setting's name in the web UI, for example {@code Clip skip}
 * @param value its value
 * @param reason why it is not met, or what is done instead
 */
public record UnmetSetting(String name, String value, String reason) {
    /** Checks that every part is there. */
    public UnmetSetting {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(reason, "reason");
    }

    /** Returns one line for people. */
    @Override
    public String toString() {
        return name + ": " + value + " (" + reason + ")";
    }
}
