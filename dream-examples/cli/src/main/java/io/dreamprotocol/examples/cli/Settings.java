package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is set for all runs: an option on the command line goes before an environment variable, and that before the file {@value #FILE} in
 * the data folder.
 */
final class Settings {
    static final String FILE = "dream.properties";
    static final String STORE_VARIABLE = "DREAM_STORE";
    static final String LEDGER_VARIABLE = "DREAM_LEDGER";

    private static final String STORE = "store";
    private static final String LEDGER = "ledger";
    private static final Set<String> KEYS = new TreeSet<>(Set.of(STORE, LEDGER));
    private static final int MAX_BYTES = 1 << 16;

    private final Properties file;
    private final Arguments arguments;
    private final Context context;

    private Settings(Properties file, Arguments arguments, Context context) {
        this.file = file;
        this.arguments = arguments;
        this.context = context;
    }

    /** Reads the file of a data folder, if there is one. */
    static Settings of(Path data, Arguments arguments, Context context) {
        return new Settings(read(data.resolve(FILE)), arguments, context);
    }

    private static Properties read(Path path) {
        Properties values = new Properties();
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw wrong(path, "it has more than " + MAX_BYTES + " bytes");
            }
            values.load(new StringReader(new String(bytes, StandardCharsets.UTF_8)));
        } catch (NoSuchFileException e) {
            return values;
        } catch (IOException e) {
            throw FileErrors.reading(path.toString(), e);
        } catch (IllegalArgumentException e) {
            throw wrong(path, "it has a wrong escape");
        }
        for (String key : values.stringPropertyNames()) {
            if (!KEYS.contains(key)) {
                throw wrong(
                        path,
                        "there is no setting '" + PrintableText.oneLine(key, 40) + "'; there is "
                                + String.join(", ", KEYS));
            }
        }
        return values;
    }

    private static InvalidInputException wrong(Path path, String what) {
        return new InvalidInputException(ErrorCode.INVALID_CONFIGURATION, "Cannot use " + path + ": " + what);
    }

    /** Returns the address of the store, if any is set. */
    Optional<String> store() {
        return value(Options.STORE, STORE_VARIABLE, STORE);
    }

    /** Returns the address of the ledger, if any is set. */
    Optional<String> ledger() {
        return value(Options.LEDGER, LEDGER_VARIABLE, LEDGER);
    }

    private Optional<String> value(String option, String variable, String key) {
        return arguments
                .text(option)
                .or(() -> Optional.ofNullable(context.environment().get(variable)))
                .or(() -> Optional.ofNullable(file.getProperty(key)))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }
}
