package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.SealKey;
import io.dreamprotocol.core.storage.SealedBlob;
import io.dreamprotocol.core.storage.UnixFsFolder;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** Fetches a file or a folder, and opens what is sealed. */
final class GetCommand implements Command {
    private static final int BUFFER = 1 << 16;

    @Override
    public String name() {
        return "get";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Fetches what is stored under a CID: a file, or a whole folder.",
                "Each block is checked against its CID before it is written. A sealed image is opened, which needs the key in"
                        + " the data folder of whoever asked for it.",
                "dream get CID --out fox.png",
                "dream get CID > fox.png",
                "dream get CID/teapots/7.png --out 7.png",
                "dream get CID --out folder --store tiers:embedded,gateway:https://trustless-gateway.link");
        Options.positional(spec, "1", "CID[/PATH]", "the CID, and a path in the folder that it names");
        Options.text(
                spec,
                Options.OUT,
                "FILE|DIR",
                "the file or the new folder, written whole or not at all (default: a file to standard output)");
        Options.json(spec);
        return spec;
    }

    @Override
    public int run(Arguments arguments, Context context) {
        String wanted = arguments.positional().getFirst();
        Optional<String> out = arguments.text(Options.OUT);
        if (out.isEmpty() && context.terminal().abilities().outIsTerminal()) {
            throw arguments.usage("A terminal cannot show bytes; name a file with " + Options.OUT);
        }
        if (out.isEmpty() && arguments.flag(Options.JSON)) {
            throw arguments.usage(Options.JSON + " needs " + Options.OUT + ", because both go to the standard output");
        }
        return StoreRun.of(arguments, context, run -> {
            Cid cid = run.find(wanted);
            boolean folder = run.isFolder(cid);
            try (ByteProgress progress = run.progress("fetching", 0)) {
                if (folder) {
                    Path target = context.resolve(out.orElseThrow(
                            () -> arguments.usage(wanted + " is a folder; name a new one with " + Options.OUT)));
                    extract(cid, target, run, progress);
                    told(run, cid, target, folder, progress);
                } else {
                    file(cid, out.map(context::resolve), run, progress, arguments, context);
                }
            }
        });
    }

    private static void extract(Cid cid, Path target, StoreRun run, ByteProgress progress) {
        try {
            Path parent =
                    Objects.requireNonNull(target.toAbsolutePath().normalize().getParent(), "A root is there");
            Files.createDirectories(parent);
            // What does not fit is refused before the disk is full.
            long room = Files.getFileStore(parent).getUsableSpace();
            run.bringHere(cid);
            UnixFsFolder.extract(cid, target, room, run.watched(progress));
        } catch (FileAlreadyExistsException e) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST, target + " is there already; choose another name with --out", e);
        } catch (IOException e) {
            throw FileErrors.writing(target.toString(), e);
        }
    }

    private static void file(
            Cid cid, Optional<Path> target, StoreRun run, ByteProgress progress, Arguments arguments, Context context)
            throws IOException {
        try (InputStream stored = progress.watch(run.store().open(cid));
                InputStream in = opened(stored, cid, arguments, context)) {
            if (target.isEmpty()) {
                copy(in, context.terminal());
            } else {
                ImageFile.replace(target.get(), in::transferTo);
                told(run, cid, target.get(), false, progress);
            }
        } catch (IOException e) {
            throw FileErrors.reading("the blob " + cid, e);
        }
    }

    private static void told(StoreRun run, Cid cid, Path target, boolean folder, ByteProgress progress) {
        run.line(target.toString());
        run.json()
                .member("cid", cid.toString())
                .member("kind", folder ? "folder" : "file")
                .member("path", target.toString())
                .member("bytes", progress.counted());
    }

    /** Opens what is sealed, and gives anything else on as it comes. */
    private static InputStream opened(InputStream stored, Cid cid, Arguments arguments, Context context)
            throws IOException {
        BufferedInputStream in = new BufferedInputStream(stored, BUFFER);
        in.mark(SealedBlob.OVERHEAD_BYTES);
        boolean sealed = SealedBlob.isSealed(in.readNBytes(SealedBlob.OVERHEAD_BYTES));
        in.reset();
        if (!sealed) {
            return in;
        }
        SealKey key = DataFolder.of(arguments, context)
                .findSealKey()
                .orElseThrow(() -> new InvalidInputException(
                        ErrorCode.KEY_UNUSABLE,
                        "Blob " + cid + " is sealed, and this data folder has no key; name the one of whoever asked for"
                                + " it with " + Options.DATA));
        int limit = SealedBlob.MAX_BYTES + SealedBlob.OVERHEAD_BYTES;
        byte[] blob = in.readNBytes(limit + 1);
        if (blob.length > limit) {
            throw new InvalidInputException(
                    ErrorCode.BLOB_TOO_LARGE, "The sealed blob " + cid + " has more than " + limit + " bytes");
        }
        return new ByteArrayInputStream(SealedBlob.open(blob, key));
    }

    private static void copy(InputStream in, Terminal terminal) throws IOException {
        byte[] buffer = new byte[BUFFER];
        while (!terminal.isReaderGone() && terminal.failure().isEmpty()) {
            int count = in.read(buffer);
            if (count < 0) {
                return;
            }
            terminal.bytes(buffer, count);
        }
    }
}
