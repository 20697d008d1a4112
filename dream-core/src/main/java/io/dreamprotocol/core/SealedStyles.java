package io.dreamprotocol.core;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.RoyaltyTerm;
import io.dreamprotocol.core.ledger.StyleRegistry;
import io.dreamprotocol.core.protection.ModelKey;
import io.dreamprotocol.core.protection.SealedFile;
import io.dreamprotocol.core.storage.BlobSource;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.SealKey;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.StyleModel;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Gives out the files of a job's sealed style models opened, by the worker's licences, and all other blobs as they are. */
final class SealedStyles implements BlobSource {
    private final BlobSource blobs;
    private final Map<Cid, Opening> openings = new HashMap<>();

    private record Opening(ModelFile file, ModelKey key) {}

    private SealedStyles(BlobSource blobs) {
        this.blobs = blobs;
    }

    /**
     * Unwraps the keys that a job needs.
     *
     * @throws ConflictException with licence-missing if a licence does not stand
     * @throws InvalidInputException with key-unusable if the worker has no key to open licences with, or another one
     */
    static SealedStyles of(
            Job job, StyleRegistry styles, BlobSource blobs, AccountId worker, Optional<SealKey> own, Instant now) {
        SealedStyles opened = new SealedStyles(blobs);
        for (RoyaltyTerm term : job.royalties()) {
            StyleModel model = styles.find(term.use().style()).orElseThrow();
            if (model.manifest().sealed()) {
                ModelKey key = key(model, styles, worker, own, now);
                model.manifest()
                        .files()
                        .forEach(file -> opened.openings.put(file.cid(), new Opening(file.file(), key)));
            }
        }
        return opened;
    }

    private static ModelKey key(
            StyleModel model, StyleRegistry styles, AccountId worker, Optional<SealKey> own, Instant now) {
        Licence licence = styles.licence(model.id(), worker)
                .orElseThrow(() -> new ConflictException(
                        ErrorCode.LICENCE_MISSING,
                        "Style model '" + model.manifest().name()
                                + "' is sealed, and this worker has no licence with its"
                                + " key; buy one, or as its owner grant one to yourself"));
        SealKey key = own.orElseThrow(() -> new InvalidInputException(
                ErrorCode.KEY_UNUSABLE,
                "Style model '" + model.manifest().name()
                        + "' is sealed, and this worker was started without the key that opens its licences"));
        return ModelKey.unwrap(licence, key, now);
    }

    @Override
    public InputStream open(Cid cid) {
        Opening opening = openings.get(cid);
        InputStream in = blobs.open(cid);
        if (opening == null) {
            return in;
        }
        try {
            return SealedFile.open(in, opening.file(), opening.key());
        } catch (IOException e) {
            throw new StorageException(
                    ErrorCode.STORE_FAILED, "The sealed file " + cid + " cannot be read; check the store", e);
        }
    }
}
