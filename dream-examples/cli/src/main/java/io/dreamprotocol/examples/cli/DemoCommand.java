package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.GeneratedImage;
import io.dreamprotocol.core.Worker;
import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.KeyFile;
import io.dreamprotocol.core.contributor.ContributionList;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.style.Share;
import io.dreamprotocol.core.style.StyleModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/** Plays the whole story of the protocol on a fresh data folder, and shows who paid and who earned what. */
final class DemoCommand implements Command {
    private static final int CONTRIBUTORS_PARTS = 3000;
    private static final int CO_OWNER_PARTS = 2500;
    private static final int COLUMNS = 5;

    @Override
    public String name() {
        return "demo";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Plays the whole story: style models, workers, ten paid images, and who earned what.",
                "Two creators register style models, one with three contributors, one with a co-owner. Three workers"
                        + " make ten images, which are paid. The contributors claim their part. Everything is kept in a"
                        + " fresh data folder, which other commands can look at with " + Options.DATA + ".",
                "dream demo",
                "dream demo --data ./demo",
                "dream demo --json");
        Options.flag(spec, Options.JSON, "print one JSON object and nothing else");
        Options.engine(spec);
        return spec;
    }

    @Override
    public int run(Arguments arguments, Context context) {
        DataFolder data = fresh(arguments, context);
        boolean json = arguments.flag(Options.JSON);
        String address = ModelAddress.of(ModelAddress.DEFAULT, arguments, context);
        try (ModelLoading loading = ModelLoading.start(address, context);
                Ledger ledger = Backends.openLedger("embedded:" + data.path());
                BlobStore blobs = Backends.openBlobStore("embedded:" + data.path())) {
            DemoStory story = new DemoStory(ledger, blobs, data);
            List<Path> files = play(story, loading, data, json, context);
            requireThatItAddsUp(story);
            if (json) {
                context.terminal().line(json(story, data, files));
            } else {
                report(story, data, files, context);
            }
        }
        return ExitStatus.OK;
    }

    private static DataFolder fresh(Arguments arguments, Context context) {
        try {
            if (arguments.text(Options.DATA).isEmpty()) {
                return new DataFolder(Files.createTempDirectory("dream-demo-"));
            }
            DataFolder data = DataFolder.of(arguments, context);
            Files.createDirectories(data.path());
            try (Stream<Path> content = Files.list(data.path())) {
                if (content.findAny().isPresent()) {
                    throw new InvalidInputException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "The demo plays on a fresh data folder, and " + data.path()
                                    + " is not empty; name another");
                }
            }
            return data;
        } catch (IOException e) {
            throw FileErrors.writing("the data folder", e);
        }
    }

    private static List<Path> play(
            DemoStory story, ModelLoading loading, DataFolder data, boolean quiet, Context context) {
        try (ProgressBar bar = new ProgressBar(context.terminal(), quiet, false)) {
            bar.wait("loading the model");
            return play(story, loading.await(context.interrupt()), data, bar, context);
        }
    }

    @SuppressWarnings("try") // the workers are held for their closing only
    private static List<Path> play(
            DemoStory story, ImageModel model, DataFolder data, ProgressBar bar, Context context) {
        KeyFile requester = story.requester();
        KeyFile ada = story.join("ada", "creator of gloss");
        KeyFile noa = story.join("noa", "creator of noto");
        KeyFile kim = story.join("kim", "co-owner of noto, 25%");
        List<KeyFile> contributors = List.of(
                story.join("ines", "contributor of gloss, 60%"),
                story.join("otto", "contributor of gloss, 30%"),
                story.join("yuki", "contributor of gloss, 10%"));
        ContributionList list = ContributionList.builder()
                .add(contributors.get(0).account(), 600)
                .add(contributors.get(1).account(), 300)
                .add(contributors.get(2).account(), 100)
                .build();
        bar.wait("registering two style models");
        StyleModel gloss = story.register("gloss", ada, "0.5", List.of(), Optional.of(list), CONTRIBUTORS_PARTS);
        StyleModel unused = story.register(
                "noto", noa, "0.3", List.of(new Share(kim.account(), CO_OWNER_PARTS)), Optional.empty(), 0);
        List<GeneratedImage> images;
        int total = DemoStory.PROMPTS.size();
        int[] done = {0};
        bar.wait("three workers make " + total + " images");
        try (Worker cheap = story.start("vera", "0.9", model);
                Worker middle = story.start("hugo", "1", model);
                Worker dear = story.start("mika", "1.2", model)) {
            images = story.generate(
                    requester, context.interrupt(), image -> bar.wait("images: " + ++done[0] + " of " + total));
        }
        bar.wait("claiming");
        story.claim(gloss, list, contributors);
        story.count("rest", "left in the pool of gloss", gloss.pool());
        story.count("protocol", "the protocol's share", LedgerInfo.TREASURY);
        return write(images, data);
    }

    private static List<Path> write(List<GeneratedImage> images, DataFolder data) {
        Path folder = data.path().resolve("images");
        List<Path> files = new ArrayList<>();
        try {
            Files.createDirectories(folder);
            ContactSheet sheet = new ContactSheet(
                    Stream.generate(() -> "").limit(COLUMNS).toList(),
                    Stream.generate(() -> "")
                            .limit(Math.ceilDiv(images.size(), COLUMNS))
                            .toList());
            for (int i = 0; i < images.size(); i++) {
                Path file = folder.resolve(String.format(Locale.ROOT, "%02d.png", i + 1));
                files.add(Files.write(file, images.get(i).png().toArray()));
                sheet.add(images.get(i).pixels());
            }
            files.addFirst(Files.write(folder.resolve("all.png"), sheet.draw()));
        } catch (IOException e) {
            throw FileErrors.writing(folder.toString(), e);
        }
        return files;
    }

    private static void requireThatItAddsUp(DemoStory story) {
        Amount earned = story.earned().values().stream().reduce(Amount.ZERO, Amount::plus);
        if (!earned.equals(story.paid())) {
            throw new CorruptDataException(
                    ErrorCode.STORE_CORRUPT,
                    "The ledger does not add up: " + story.paid() + " units were paid and " + earned + " earned");
        }
    }

    private static void report(DemoStory story, DataFolder data, List<Path> files, Context context) {
        Map<AccountId, Amount> earned = story.earned();
        Table table = new Table("who", "what", "paid", "earned");
        for (DemoStory.Participant participant : story.participants()) {
            boolean pays = participant.equals(story.participants().getFirst());
            table.row(
                    participant.name(),
                    participant.role(),
                    pays ? text(story.paid(), story) : "",
                    pays ? "" : text(earned.getOrDefault(participant.account(), Amount.ZERO), story));
        }
        Amount sum = earned.values().stream().reduce(Amount.ZERO, Amount::plus);
        table.row("all", "", text(story.paid(), story), text(sum, story));
        table.print(context.terminal());
        context.terminal().line("");
        context.terminal()
                .line("Coins of " + story.info().currency()
                        + "; what was paid is what was earned, to the smallest unit.");
        context.terminal().line("images       " + files.getFirst() + " shows all " + (files.size() - 1));
        context.terminal().line("look around  dream model list --data " + data.path());
    }

    private static String text(Amount amount, DemoStory story) {
        return amount.toCoins(story.info().decimals());
    }

    private static String json(DemoStory story, DataFolder data, List<Path> files) {
        Map<AccountId, Amount> earned = story.earned();
        Json json = new Json().object().member("folder", data.path().toString()).array("images");
        files.forEach(file -> json.element(file.toString()));
        json.endArray().array("people");
        for (DemoStory.Participant participant : story.participants()) {
            boolean pays = participant.equals(story.participants().getFirst());
            json.object()
                    .member("name", participant.name())
                    .member("role", participant.role())
                    .member("account", participant.account().value())
                    .member("paid", pays ? story.paid().toString() : "0")
                    .member(
                            "earned",
                            pays
                                    ? "0"
                                    : earned.getOrDefault(participant.account(), Amount.ZERO)
                                            .toString())
                    .end();
        }
        return json.endArray().member("paid", story.paid().toString()).end().toString();
    }
}
