package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the address of a model from what a user says about it. */
final class ModelAddress {
    /** The model that ships with the project. */
    static final String DEFAULT = "dream-mini";

    /** The launcher's folder with the models of the class path, already unpacked. */
    static final String UNPACKED_PROPERTY = "dream.models";

    private static final String SCHEME = "onnx:";

    private ModelAddress() {}

    /**
     * Builds the address.
     *
     * @param wanted a model's name, a folder or an address
     * @param arguments the options that say how to run it
     * @param context what surrounds the run
     */
    static String of(String wanted, Arguments arguments, Context context) {
        StringBuilder address =
                new StringBuilder(wanted.matches("[a-z][a-z0-9+-]+:.*") ? wanted : located(wanted, arguments, context));
        append(address, "provider", arguments.text(Options.PROVIDER));
        append(address, "device", arguments.text(Options.DEVICE));
        append(address, "threads", arguments.text(Options.THREADS));
        append(address, "fallback", arguments.flag(Options.FALLBACK) ? Optional.of("true") : Optional.empty());
        return address.toString();
    }

    private static String located(String wanted, Arguments arguments, Context context) {
        Path named = context.resolve(wanted);
        Optional<Path> found = !wanted.isEmpty() && Files.isDirectory(named)
                ? Optional.of(named)
                : new ModelStore(DataFolder.of(arguments, context).models()).find(wanted);
        if (found.isPresent()) {
            Path folder = found.get();
            if (folder.toString().indexOf('?') >= 0) {
                throw new InvalidInputException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "The folder " + folder + " has a question mark in its name, which begins the options of an"
                                + " address; rename it");
            }
            return SCHEME + folder;
        }
        StringBuilder address = new StringBuilder(SCHEME).append(wanted);
        append(address, "cache", Optional.ofNullable(System.getProperty(UNPACKED_PROPERTY)));
        return address.toString();
    }

    private static void append(StringBuilder address, String option, Optional<String> value) {
        value.ifPresent(text -> address.append(address.indexOf("?") < 0 ? '?' : '&')
                .append(option)
                .append('=')
                .append(URLEncoder.encode(text, StandardCharsets.UTF_8)));
    }
}
