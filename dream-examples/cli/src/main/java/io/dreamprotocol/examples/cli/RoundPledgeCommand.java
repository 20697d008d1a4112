package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.merkle.MerkleTree;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.round.Round;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/** Puts something into a co-creation round. */
final class RoundPledgeCommand implements Command {
    private static final String MONEY = "--money";
    private static final String IMAGES = "--images";
    private static final String COMPUTE = "--compute";
    private static final int BUFFER = 1 << 16;
    private static final int MAX_DEPTH = 16;
    private static final String IMAGE_NAMES = ".*\\.(png|jpe?g|webp|gif|bmp|tiff?|avif)";

    @Override
    public String name() {
        return "pledge";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Pledges money, images or compute to a round.",
                "Money lies in escrow from now on and comes back if the round fails. Images and compute count once the"
                        + " organiser accepts them. Pledging again adds to it; of images name all of them then.",
                "dream round pledge 1 --money 20",
                "dream round pledge 1 --images ./my-foxes",
                "dream round pledge 1 --compute 5000 --key second");
        Options.positional(spec, "1", "ROUND", "the round's number");
        Options.text(spec, MONEY, "COINS", "money");
        Options.text(spec, IMAGES, "DIR", "the images in this folder and those below");
        Options.text(spec, COMPUTE, "N", "this many megapixel-steps of compute");
        return MarketRun.describe(spec, DataFolder.REQUESTER);
    }

    @Override
    public int run(Arguments arguments, Context context) {
        long kinds = Stream.of(MONEY, IMAGES, COMPUTE)
                .filter(option -> arguments.text(option).isPresent())
                .count();
        if (kinds != 1) {
            throw arguments.usage("Pledge one of " + MONEY + ", " + IMAGES + " and " + COMPUTE);
        }
        return MarketRun.of(arguments, context, run -> {
            Round round = RoundCommands.find(
                    run.words(1, 1, "dream round pledge ROUND").getFirst(), run);
            Pledge pledge = pledge(round, run);
            RoundShowCommand.tell(pledge, run);
        });
    }

    private static Pledge pledge(Round round, MarketRun run) {
        Arguments arguments = run.arguments();
        Pledge.Kind kind = Pledge.Kind.MONEY;
        BigInteger quantity;
        Optional<Bytes> evidence = Optional.empty();
        if (arguments.text(MONEY).isPresent()) {
            quantity = run.amount(MONEY).orElseThrow().units();
        } else if (arguments.text(IMAGES).isPresent()) {
            kind = Pledge.Kind.IMAGES;
            Set<Bytes> digests = digests(arguments.text(IMAGES).orElseThrow(), run);
            BigInteger before = before(round, run);
            quantity = BigInteger.valueOf(digests.size()).subtract(before);
            if (quantity.signum() < 1) {
                throw new InvalidInputException(
                        ErrorCode.INVALID_REQUEST,
                        "The folder has " + digests.size() + " different images, and " + before
                                + " were pledged before; name a folder with all of them and new ones");
            }
            MerkleTree.Builder tree = MerkleTree.builder();
            digests.forEach(digest -> tree.add(digest.toArray()));
            evidence = Optional.of(tree.build().root());
        } else {
            kind = Pledge.Kind.COMPUTE;
            quantity = BigInteger.valueOf(
                    arguments.longInteger(COMPUTE, ErrorCode.INVALID_REQUEST).orElseThrow());
        }
        return run.ledger()
                .rounds()
                .pledge(run.requester(), round.id(), kind, quantity, evidence, IdempotencyKey.random());
    }

    /** How many images this account pledged already, which the new evidence has to cover too. */
    private static BigInteger before(Round round, MarketRun run) {
        return run.ledger().rounds().pledges(round.id()).stream()
                .filter(pledge -> pledge.kind() == Pledge.Kind.IMAGES
                        && pledge.account().equals(run.requester().account()))
                .map(Pledge::quantity)
                .findFirst()
                .orElse(BigInteger.ZERO);
    }

    /** The digests of all images in a folder, in their order. */
    private static Set<Bytes> digests(String folder, MarketRun run) {
        Path path = run.context().resolve(folder);
        if (!Files.isDirectory(path)) {
            throw run.arguments().usage("There is no folder " + PrintableText.oneLine(folder));
        }
        List<Path> images;
        try (Stream<Path> files = Files.walk(path, MAX_DEPTH)) {
            images = files.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName()
                            .toString()
                            .toLowerCase(Locale.ROOT)
                            .matches(IMAGE_NAMES))
                    .toList();
        } catch (IOException e) {
            throw FileErrors.reading(folder, e);
        }
        Set<Bytes> digests = new TreeSet<>((one, other) -> one.toHex().compareTo(other.toHex()));
        for (Path image : images) {
            run.context().interrupt().throwIfStopped();
            digests.add(digest(image));
        }
        if (digests.isEmpty()) {
            throw run.arguments().usage("There is no image in " + PrintableText.oneLine(folder));
        }
        return digests;
    }

    private static Bytes digest(Path file) {
        MessageDigest digest = Bytes.newSha256();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        } catch (IOException e) {
            throw FileErrors.reading(file.toString(), e);
        }
        return Bytes.of(digest.digest());
    }
}
