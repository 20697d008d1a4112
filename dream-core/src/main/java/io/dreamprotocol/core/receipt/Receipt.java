package io.dreamprotocol.core.receipt;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.encoding.Fields;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.EngineInfo;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.trajectory.LatentCommitment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A worker's statement of how an image was made.
 *
 * <p>It says nothing that differs when the same worker makes the same image again, so the same request gives the same file; when
 * and for which job it was made is what the ledger's record of the delivery says, which names this receipt.
 *
 * @param request the digest of the canonical request ({@link CanonicalRequest#digest})
 * @param model the model that was used
 * @param files every file of it that was used, with digests
 * @param seed the seed of the noise
 * @param noise the source of the noise, for example {@code torch-cpu}
 * @param scheduler the scheduler's canonical name
 * @param engine what ran the networks
 * @param substitutions what was done other than asked, in words
 * @param latents what commits to the latents of every step, so that single steps can be opened and run again; absent only where
 *     an engine does not show them
 * @param output the CID of the image file without its receipt
 * @param perceptualHash the picture's hash ({@link io.dreamprotocol.core.image.PerceptualHash})
 * @param worker who made it and signs for it
 */
public record Receipt(
        Bytes request,
        ModelId model,
        List<ModelFile> files,
        long seed,
        String noise,
        String scheduler,
        EngineInfo engine,
        List<String> substitutions,
        Optional<LatentCommitment> latents,
        Cid output,
        long perceptualHash,
        AccountId worker) {
    private static final long VERSION = 1;

    /** Checks the parts. */
    public Receipt {
        if (request.length() != 32) {
            throw new IllegalArgumentException("A request's digest has 32 bytes, not " + request.length());
        }
        Objects.requireNonNull(model, "model");
        files = List.copyOf(files);
        Objects.requireNonNull(noise, "noise");
        Objects.requireNonNull(scheduler, "scheduler");
        Objects.requireNonNull(engine, "engine");
        substitutions = List.copyOf(substitutions);
        Objects.requireNonNull(latents, "latents");
        Objects.requireNonNull(output, "output");
        Objects.requireNonNull(worker, "worker");
    }

    /**
     * Returns the canonical encoding, which is what gets signed.
     *
     * @return a DAG-CBOR map
     */
    public byte[] encode() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("version", VERSION);
        map.put("request", request);
        map.put("model", Map.of("name", model.name(), "digest", model.digest()));
        map.put(
                "files",
                files.stream()
                        .map(file -> Map.of("path", file.path(), "size", file.size(), "sha256", file.sha256()))
                        .toList());
        map.put("seed", seed);
        map.put("noise", noise);
        map.put("scheduler", scheduler);
        map.put(
                "engine",
                Map.of(
                        "name", engine.name(),
                        "version", engine.version(),
                        "provider", engine.provider(),
                        "dtype", engine.dtype()));
        map.put("substitutions", substitutions);
        latents.ifPresent(
                commitment -> map.put("latents", Map.of("root", commitment.root(), "leaves", commitment.leaves())));
        map.put("output", output.toBytes());
        map.put("perceptualHash", perceptualHash);
        map.put("worker", worker.value());
        return DagCbor.encode(map);
    }

    /**
     * Reads the canonical encoding.
     *
     * @param encoded the bytes
     * @return the receipt
     * @throws CorruptDataException with {@link ErrorCode#MALFORMED_DATA} if the bytes are no receipt of a known version
     */
    public static Receipt decode(byte[] encoded) {
        Fields fields = Fields.decode(encoded, "receipt");
        fields.requireVersion(VERSION);
        Fields model = fields.map("model");
        Fields engine = fields.map("engine");
        return fields.build(() -> new Receipt(
                fields.bytes("request"),
                new ModelId(model.text("name"), model.bytes("digest")),
                fields.maps("files").stream()
                        .map(file -> new ModelFile(file.text("path"), file.number("size"), file.bytes("sha256")))
                        .toList(),
                fields.number("seed"),
                fields.text("noise"),
                fields.text("scheduler"),
                new EngineInfo(
                        engine.text("name"), engine.text("version"), engine.text("provider"), engine.text("dtype")),
                fields.texts("substitutions"),
                fields.optionalMap("latents")
                        .map(latents -> new LatentCommitment(latents.bytes("root"), latents.number("leaves"))),
                Cid.fromBytes(fields.bytes("output").toArray()),
                fields.number("perceptualHash"),
                new AccountId(fields.text("worker"))));
    }
}
