package io.dreamprotocol.core.image;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.encoding.Fields;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.prompt.PromptPart;
import io.dreamprotocol.core.prompt.PromptTags;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A request that means one image exactly: every setting is definite and in range.
 *
 * <p>Its canonical encoding is a DAG-CBOR map; the SHA-256 digest of that names the request on the ledger and in the receipt.
 *
 * @param prompt what the image should show: 1 to {@link #MAX_PROMPT} characters, not blank
 * @param negativePrompt what it should not show: at most {@link #MAX_PROMPT} characters
 * @param model the model
 * @param width the width in pixels, positive
 * @param height the height in pixels, positive
 * @param steps the number of denoising steps, 1 to {@link #MAX_STEPS}
 * @param guidanceScale the scale of classifier-free guidance, 0 to {@link #MAX_GUIDANCE}; 1 and less switch it off
 * @param seed the seed of the noise, not negative
 * @param scheduler the scheduler's canonical name
 * @param options the settings that few requests need
 */
public record CanonicalRequest(
        String prompt,
        String negativePrompt,
        ModelId model,
        int width,
        int height,
        int steps,
        double guidanceScale,
        long seed,
        String scheduler,
        RequestOptions options) {
    /** The most characters of a prompt: 10,000. */
    public static final int MAX_PROMPT = 10_000;

    /** The most denoising steps: 1,000, the length of the training schedules. */
    public static final int MAX_STEPS = 1_000;

    /** The largest guidance scale: 100. */
    public static final double MAX_GUIDANCE = 100;

    /** The most bytes of an encoded request that are read: 1 MiB. */
    public static final int MAX_BYTES = 1 << 20;

    private static final long VERSION = 1;

    /**
     * Checks the ranges.
     *
     * @throws InvalidInputException saying which setting is wrong and what is allowed
     */
    public CanonicalRequest {
        checkPrompt(prompt, "prompt");
        if (prompt.isBlank()) {
            throw invalidPrompt("The prompt is empty; say what the image should show");
        }
        checkPrompt(negativePrompt, "negative prompt");
        Objects.requireNonNull(model, "model");
        if (width < 1 || height < 1) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_SIZE, "Size " + width + "x" + height + " is not positive; try 128x128");
        }
        if (steps < 1 || steps > MAX_STEPS) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_STEPS,
                    "Steps must be between 1 and " + MAX_STEPS + ", not " + steps + "; 20 is usual");
        }
        if (!(guidanceScale >= 0 && guidanceScale <= MAX_GUIDANCE)) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_GUIDANCE,
                    "The guidance scale must be between 0 and 100, not " + guidanceScale + "; 5 is usual");
        }
        if (seed < 0) {
            throw new InvalidInputException(ErrorCode.INVALID_REQUEST, "The seed must not be negative: " + seed);
        }
        Objects.requireNonNull(scheduler, "scheduler");
        Objects.requireNonNull(options, "options");
    }

    /**
     * Creates a request without options.
     *
     * @param prompt what the image should show
     * @param negativePrompt what it should not show
     * @param model the model
     * @param width the width in pixels
     * @param height the height in pixels
     * @param steps the number of denoising steps
     * @param guidanceScale the scale of classifier-free guidance
     * @param seed the seed of the noise
     * @param scheduler the scheduler's canonical name
     */
    public CanonicalRequest(
            String prompt,
            String negativePrompt,
            ModelId model,
            int width,
            int height,
            int steps,
            double guidanceScale,
            long seed,
            String scheduler) {
        this(prompt, negativePrompt, model, width, height, steps, guidanceScale, seed, scheduler, RequestOptions.NONE);
    }

    private static void checkPrompt(String text, String name) {
        Objects.requireNonNull(text, name);
        if (text.length() > MAX_PROMPT) {
            throw invalidPrompt(
                    "The " + name + " has " + text.length() + " characters; at most " + MAX_PROMPT + " fit");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw invalidPrompt("The " + name + " has half a surrogate pair; pass well-formed Unicode text");
        }
        if (text.indexOf('\0') >= 0) {
            throw invalidPrompt("The " + name + " has a zero character; remove it");
        }
    }

    private static InvalidInputException invalidPrompt(String message) {
        return new InvalidInputException(ErrorCode.INVALID_PROMPT, message);
    }

    /**
     * Tells whether classifier-free guidance runs, which takes a prediction for the negative prompt too.
     *
     * @return true if the guidance scale is above 1
     */
    public boolean isGuided() {
        return guidanceScale > 1;
    }

    /**
     * Returns how many predictions of the network each step takes: one for each part that {@code AND} joins in the prompt, and one
     * for the negative prompt if guidance runs or parts must be weighed against each other.
     *
     * @return the number of predictions, at least 1
     */
    public int predictions() {
        List<PromptPart> parts = PromptPart.split(PromptTags.parse(prompt).rest());
        boolean plain = parts.size() == 1 && parts.getFirst().weight() == 1;
        return parts.size() + (isGuided() || !plain ? 1 : 0);
    }

    /**
     * Returns the number of steps that run: all of them, or the share that an initial image leaves, and those of a second pass.
     *
     * @return the number of steps, at least 1
     */
    public int effectiveSteps() {
        return firstPassSteps()
                + options.hires().map(CanonicalRequest::secondPassSteps).orElse(0);
    }

    /** The steps that run in the first pass, which is the only one of most requests. */
    int firstPassSteps() {
        return options.initialImage()
                .map(initial -> share(steps, initial.strength()))
                .orElse(steps);
    }

    /** The steps that run in a second pass. */
    static int secondPassSteps(HiresPass pass) {
        return share(pass.steps(), pass.strength());
    }

    private static int share(int steps, double strength) {
        return Math.max(1, (int) Math.min(steps * strength, steps));
    }

    /**
     * Returns how much work this request is: the pixels of all steps that run, spread evenly over them and rounded up.
     *
     * @return the work
     */
    public Work work() {
        if (options.hires().isEmpty()) {
            return Work.of(width, height, effectiveSteps(), predictions());
        }
        HiresPass pass = options.hires().get();
        long pixels = (long) width * height * firstPassSteps()
                + (long) pass.scaled(width, 1) * pass.scaled(height, 1) * secondPassSteps(pass);
        int count = effectiveSteps();
        return new Work(Math.ceilDiv(pixels * predictions(), count), count);
    }

    /**
     * Returns the canonical encoding.
     *
     * @return a DAG-CBOR map
     */
    public byte[] encode() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("version", VERSION);
        map.put("prompt", prompt);
        map.put("negativePrompt", negativePrompt);
        map.put("model", Map.of("name", model.name(), "digest", model.digest()));
        map.put("width", width);
        map.put("height", height);
        map.put("steps", steps);
        map.put("guidanceScale", guidanceScale);
        map.put("seed", seed);
        map.put("scheduler", scheduler);
        RequestOptionsCodec.write(options, map);
        return DagCbor.encode(map);
    }

    /**
     * Reads the canonical encoding.
     *
     * @param encoded the bytes
     * @return the request
     * @throws CorruptDataException with {@link ErrorCode#MALFORMED_DATA} if the bytes are no canonical request of a known version
     * @throws InvalidInputException if a setting is out of range
     */
    public static CanonicalRequest decode(byte[] encoded) {
        Fields fields = Fields.decode(encoded, "request");
        fields.requireVersion(VERSION);
        Fields model = fields.map("model");
        return new CanonicalRequest(
                fields.text("prompt"),
                fields.text("negativePrompt"),
                model.build(() -> new ModelId(model.text("name"), model.bytes("digest"))),
                fields.integer("width"),
                fields.integer("height"),
                fields.integer("steps"),
                fields.decimal("guidanceScale"),
                fields.number("seed"),
                fields.text("scheduler"),
                RequestOptionsCodec.read(fields));
    }

    /**
     * Returns the digest that names this request.
     *
     * @return SHA-256 of the canonical encoding, 32 bytes
     */
    public Bytes digest() {
        return Bytes.sha256(encode());
    }
}
