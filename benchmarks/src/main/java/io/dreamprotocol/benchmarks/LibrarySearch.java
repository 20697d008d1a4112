package io.dreamprotocol.benchmarks;

import io.dreamprotocol.chain.embedded.EmbeddedLedger;
import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleFile;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleManifest;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleQuery;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleTerms;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Searching an embedded ledger's library of 100,000 style models for a page of twenty.
 *
 * <p>The library is made in the first run on a machine, which takes some minutes, because each registration is on the disk when it
 * returns; it stays in the temporary folder for the runs after it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class LibrarySearch {
    private static final int MODELS = 100_000;
    private static final int PAGE = 20;
    private static final int OWNERS = 5000;
    private static final int VOCABULARY = 40_000;
    private static final List<StyleKind> KINDS = List.of(StyleKind.values());
    private static final String[] MANNERS = {
        "oil",
        "watercolour",
        "ink",
        "charcoal",
        "pastel",
        "pencil",
        "pixel",
        "neon",
        "noir",
        "vintage",
        "modern",
        "baroque",
        "gothic",
        "cubist",
        "surreal",
        "abstract",
        "anime",
        "comic",
        "photo",
        "cinematic"
    };
    private static final String[] MOTIFS = {
        "portrait",
        "landscape",
        "city",
        "forest",
        "ocean",
        "castle",
        "robot",
        "dragon",
        "cat",
        "dog",
        "flower",
        "mountain",
        "river",
        "lighthouse",
        "ship",
        "train",
        "garden",
        "kitchen",
        "temple",
        "street"
    };

    /** In which order the models are listed. */
    @Param
    private StyleQuery.Order order = StyleQuery.Order.OLDEST;

    /**
     * What is searched for: every model; a word that one in ten has; two words; the beginning of words that every model has; the same
     * among the models of one kind that cost little; a word that none has.
     */
    @Param({"all", "castle", "oil castle", "w", "w cheap lora", "nowhere"})
    private String query = "";

    @SuppressWarnings("NullAway.Init")
    private EmbeddedLedger ledger;

    @SuppressWarnings("NullAway.Init")
    private StyleQuery search;

    /** An account that only writes to a ledger which takes signers at their word. */
    private record Owner(AccountId account) implements Signer {
        @Override
        public Bytes sign(byte[] message) {
            throw new UnsupportedOperationException("This account has no key");
        }
    }

    /** Opens the library, after making what is missing of it. */
    @Setup
    public void open() {
        ledger = EmbeddedLedger.open(
                Path.of(System.getProperty("java.io.tmpdir"), "dream-benchmarks", "library-" + MODELS));
        if (ledger.styles().find(new StyleId(MODELS)).isEmpty()) {
            Random random = new Random(1);
            for (int i = 0; i < MODELS; i++) {
                register(i, random);
            }
        }
        boolean narrow = query.endsWith(" cheap lora");
        search = new StyleQuery(
                query.equals("all") ? "" : query.replace(" cheap lora", ""),
                narrow ? Optional.of(StyleKind.LORA) : Optional.empty(),
                Optional.empty(),
                narrow ? Optional.of(Amount.of(1000)) : Optional.empty(),
                Optional.empty(),
                order,
                PAGE,
                Optional.empty());
    }

    /** Registers a model, or does nothing if an earlier run came so far. */
    private void register(int number, Random random) {
        Bytes digest = digest("file " + number);
        String manner = MANNERS[random.nextInt(MANNERS.length)];
        String motif = MOTIFS[random.nextInt(MOTIFS.length)];
        List<String> words = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            // Some words are much more frequent than others, as in any language.
            words.add("w" + (int) (Math.pow(random.nextDouble(), 3) * VOCABULARY));
        }
        StyleManifest manifest = new StyleManifest(
                manner + "-" + motif + "-" + number,
                KINDS.get(random.nextInt(KINDS.size())),
                random.nextInt(3) == 0 ? "stable-diffusion-1" : "stable-diffusion-xl",
                "A style for a " + MOTIFS[random.nextInt(MOTIFS.length)] + ": " + String.join(" ", words),
                List.of("trigger" + number),
                List.of(MANNERS[random.nextInt(MANNERS.length)]),
                "CC-BY-4.0",
                List.of(new StyleFile(
                        new ModelFile("model.safetensors", 1000, digest), Cid.of(Cid.Codec.RAW, digest.toArray()))),
                List.of(),
                false);
        StyleRegistration registration = new StyleRegistration(
                manifest,
                StyleTerms.royalty(Amount.of(random.nextInt(1_000_000))),
                SplitTable.OWNER_ONLY,
                List.of(),
                Optional.empty());
        Owner owner = new Owner(AccountId.ofEd25519(digest("owner " + random.nextInt(OWNERS))));
        StyleModel unused =
                ledger.styles().register(owner, registration, Amount.ZERO, new IdempotencyKey("model-" + number));
    }

    private static Bytes digest(String text) {
        return Bytes.sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Closes the library. */
    @TearDown
    public void close() {
        ledger.close();
    }

    /**
     * Searches for a page of models.
     *
     * @return the models
     */
    @Benchmark
    public List<StyleModel> search() {
        return ledger.styles().search(search);
    }
}
