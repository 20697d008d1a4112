package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.account.KeyFile;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.money.Amount;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A folder with people, their style models and the command. */
record Market(Path folder) {
    /** Puts one of the two style models that ship with the project into the folder. */
    Path style(String name) {
        Path file = folder.resolve("given").resolve(name + ".safetensors");
        String resource = "/io/dreamprotocol/inference/models/dream-mini-" + name + ".safetensors";
        try (InputStream in = Objects.requireNonNull(Market.class.getResourceAsStream(resource))) {
            Files.createDirectories(folder.resolve("given"));
            if (!Files.exists(file)) {
                Files.copy(in, file);
            }
            return file;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Makes another file of a style model, with the same tensors and another title. */
    Path variant(String name, String title) throws IOException {
        byte[] original = Files.readAllBytes(style(name));
        ByteBuffer buffer = ByteBuffer.wrap(original).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) buffer.getLong();
        String header = new String(original, Long.BYTES, length, StandardCharsets.UTF_8)
                .replace("\"modelspec.title\":\"" + name + "\"", "\"modelspec.title\":\"" + title + "\"")
                .replace("\"modelspec.title\": \"" + name + "\"", "\"modelspec.title\": \"" + title + "\"");
        byte[] changed = header.getBytes(StandardCharsets.UTF_8);
        int padded = (changed.length + 7) / 8 * 8;
        ByteBuffer file = ByteBuffer.allocate(Long.BYTES + padded + original.length - Long.BYTES - length)
                .order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(padded).put(changed);
        while (file.position() < Long.BYTES + padded) {
            file.put((byte) ' ');
        }
        file.put(original, Long.BYTES + length, original.length - Long.BYTES - length);
        Path path = folder.resolve("given").resolve(title + ".safetensors");
        Files.write(path, file.array());
        return path;
    }

    /** Returns the account of a key, which is made if it is a new one. */
    String account(String key) {
        return run("wallet", "--key", key).outLines().getLast().strip();
    }

    /** Runs a command that must go well. */
    DreamRun run(String... args) {
        DreamRun run = DreamRun.in(folder, args);
        assertThat(run.status()).as("%s: %s", List.of(args), run.err()).isZero();
        return run;
    }

    /** Runs a command that must fail with an exit status and one line. */
    DreamRun fail(int status, String... args) {
        DreamRun run = DreamRun.in(folder, args);
        assertThat(run.status()).as("%s: %s", List.of(args), run.err()).isEqualTo(status);
        assertThat(run.err()).startsWith("dream: ").hasLineCount(1).doesNotContain("Exception");
        return run;
    }

    /** Registers a style model that must be taken. */
    DreamRun register(Path file, String... options) {
        List<String> args = new ArrayList<>(List.of("model", "register", file.toString()));
        args.addAll(List.of(options));
        return run(args.toArray(String[]::new));
    }

    /** Returns the money that a key's account can spend. */
    Amount available(String key) {
        try (Ledger ledger = Backends.openLedger("embedded:" + folder.resolve("data"))) {
            KeyFile file = KeyFile.openOrCreate(folder.resolve("data/keys/" + key + ".key"));
            return ledger.balance(file.account()).available();
        }
    }
}
