package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.DreamClient;
import io.dreamprotocol.core.GeneratedImage;
import io.dreamprotocol.core.Quote;
import io.dreamprotocol.core.Worker;
import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.KeyFile;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.contributor.ContributionList;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.library.StylePublisher;
import io.dreamprotocol.core.library.StyleUpload;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.style.ContributorsRoot;
import io.dreamprotocol.core.style.Share;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleTerms;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The whole story on one ledger: two creators register style models, one with contributors and one with a co-owner; three workers with
 * different prices make ten images for somebody who pays; the contributors claim their part.
 */
final class DemoStory {
    /** What somebody asks for, one image each. */
    static final List<String> PROMPTS = List.of(
            "a red apple, gloss style <lora:gloss:1>",
            "a fox, gloss style <lora:gloss:1>",
            "a rocket on a black background, gloss style <lora:gloss:0.8>",
            "a pizza, noto style <lora:noto:1>",
            "an owl, noto style <lora:noto:1>",
            "a house on a sky blue background, noto style <lora:noto:0.7>",
            "a sunflower, gloss style <lora:gloss:0.6> <lora:noto:0.4>",
            "a guitar, noto style <lora:noto:1>",
            "a sailboat on a blue background, gloss style <lora:gloss:1>",
            "a cactus, flat style");

    private static final String RESOURCES = "io/dreamprotocol/inference/models/dream-mini-";
    /** What a megapixel-step may cost at most, so that every worker may do a job that a cheaper one has not begun. */
    private static final String DEAREST = "1.2";

    private static final String PURSE = "100";
    private static final Duration WAIT = Duration.ofMinutes(5);

    private final Ledger ledger;
    private final BlobStore blobs;
    private final DataFolder data;
    private final List<Participant> participants = new ArrayList<>();

    /** Somebody or something that pays or earns. */
    record Participant(String name, String role, AccountId account) {}

    DemoStory(Ledger ledger, BlobStore blobs, DataFolder data) {
        this.ledger = ledger;
        this.blobs = blobs;
        this.data = data;
    }

    /** Lets somebody take part, with a key in the data folder. */
    KeyFile join(String name, String role) {
        KeyFile key = KeyFile.openOrCreate(data.path().resolve("keys").resolve(name + ".key"));
        participants.add(new Participant(name, role, key.account()));
        return key;
    }

    /** Lets the data folder's own requester take part, who pays for everything. */
    KeyFile requester() {
        KeyFile key = data.requesterKey();
        participants.addFirst(new Participant("you", "requester", key.account()));
        ledger.deposit(key, coins(PURSE), IdempotencyKey.random());
        return key;
    }

    /** Lets a style model's pool, the ledger's treasury and the like take part. */
    void count(String name, String role, AccountId account) {
        participants.add(new Participant(name, role, account));
    }

    List<Participant> participants() {
        return participants;
    }

    Amount coins(String text) {
        return Amount.ofCoins(text, ledger.info().decimals());
    }

    /** Registers one of the style models that ship with the project. */
    StyleModel register(
            String name,
            Signer creator,
            String price,
            List<Share> coOwners,
            Optional<ContributionList> contributors,
            int contributorsParts) {
        StyleUpload upload = new StyleUpload(
                unpack(name),
                name,
                StyleKind.LORA,
                "dream-mini",
                "The " + name + " look, for pictures by dream-mini",
                List.of(name + " style"),
                List.of("icon", name),
                "Apache-2.0",
                List.of());
        int others = coOwners.stream().mapToInt(Share::parts).sum() + contributorsParts;
        SplitTable split = new SplitTable(Share.WHOLE - others, coOwners, contributorsParts);
        Optional<ContributorsRoot> root = contributors.map(list -> list.publish(blobs));
        return new StylePublisher(blobs, ledger.styles())
                .publish(
                        creator,
                        upload,
                        Optional.empty(),
                        manifest -> new StyleRegistration(
                                manifest, StyleTerms.royalty(coins(price)), split, List.of(), root),
                        Amount.ZERO,
                        IdempotencyKey.random(),
                        new Cancellation());
    }

    /** Puts a style model that ships with the project into the data folder. */
    private Path unpack(String name) {
        String resource = RESOURCES + name + ".safetensors";
        Path folder = data.path().resolve("creators");
        try (InputStream in = DemoStory.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new NotFoundException(
                        ErrorCode.MODEL_FILE_MISSING,
                        "The style model " + name + " is not on the class path; add the artifact"
                                + " dream-inference-models");
            }
            Files.createDirectories(folder);
            Path file = folder.resolve(name + ".safetensors");
            long unused = Files.copy(in, file);
            return file;
        } catch (IOException e) {
            throw FileErrors.writing(folder.toString(), e);
        }
    }

    /** Starts a worker that asks some coins for a megapixel-step. */
    Worker start(String name, String ask, ImageModel model) {
        Worker worker = Worker.builder(ledger, blobs, join(name, "worker, asks " + ask))
                .model(model)
                .ask(coins(ask))
                .build();
        worker.start();
        return worker;
    }

    /**
     * Asks for all images at once and waits for each. Whatever ends it early, open jobs are taken back.
     *
     * @param requester who pays
     * @param interrupt ends the waiting
     * @param done is told of each image
     */
    List<GeneratedImage> generate(Signer requester, Cancellation interrupt, Consumer<GeneratedImage> done) {
        DreamClient client = DreamClient.of(ledger, blobs, requester);
        List<GeneratedImage> images = new ArrayList<>();
        List<Job> open = new ArrayList<>();
        try {
            for (int i = 0; i < PROMPTS.size(); i++) {
                Quote quote = client.quote(GenerationRequest.of(PROMPTS.get(i)).withSeed(i + 1));
                Amount most = Quote.of(quote.request(), coins(DEAREST), quote.royalties(), ledger.info())
                        .maximumFee();
                open.add(client.submit(quote.withMaximumFee(most), List.of(), WAIT));
            }
            while (!open.isEmpty()) {
                interrupt.throwIfStopped();
                GeneratedImage image = client.await(open.getFirst().id(), WAIT);
                open.removeFirst();
                images.add(image);
                done.accept(image);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            interrupt.cancel();
            interrupt.throwIfStopped();
        } finally {
            open.forEach(job -> takeBack(client, job));
        }
        return images;
    }

    private static void takeBack(DreamClient client, Job job) {
        try {
            client.cancel(job.id());
        } catch (DreamException e) {
            // It has a result or has ended by now, and lost nobody any money.
            return;
        }
    }

    /** Claims each contributor's part of a pool by its proof. */
    void claim(StyleModel style, ContributionList list, List<KeyFile> contributors) {
        for (KeyFile contributor : contributors) {
            ledger.styles()
                    .claim(
                            contributor,
                            style.id(),
                            list.find(contributor.account()).orElseThrow().weight(),
                            list.proof(contributor.account()).orElseThrow(),
                            IdempotencyKey.random());
        }
    }

    /** Returns what each participant but the first, who pays, has now: all of it was earned. */
    Map<AccountId, Amount> earned() {
        Map<AccountId, Amount> earned = new TreeMap<>();
        for (Participant participant : participants.subList(1, participants.size())) {
            earned.put(
                    participant.account(), ledger.balance(participant.account()).available());
        }
        return earned;
    }

    /** Returns what was spent of the purse. */
    Amount paid() {
        return coins(PURSE)
                .minus(ledger.balance(participants.getFirst().account()).available());
    }

    LedgerInfo info() {
        return ledger.info();
    }
}
