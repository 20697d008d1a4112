package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.image.ControlInput;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.InitialImage;
import io.dreamprotocol.core.image.RequestOptions;
import io.dreamprotocol.core.image.StyleUse;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The files that a request names by CID. */
final class RequestFiles {
    private RequestFiles() {}

    /**
     * Checks that each is attached to the request or in the store.
     *
     * @throws NotFoundException with {@link ErrorCode#BLOB_NOT_FOUND}, saying which is not and how to give it
     */
    static void require(GenerationRequest request, BlobStore blobs) {
        Set<Cid> attached = request.attachments().stream()
                .map(Bytes::toArray)
                .map(UnixFsFile::cidOf)
                .collect(Collectors.toSet());
        named(request.options()).forEach((cid, what) -> {
            if (!attached.contains(cid) && !isThere(cid, blobs)) {
                throw new NotFoundException(
                        ErrorCode.BLOB_NOT_FOUND,
                        "The request names " + what + ", and the store does not have that file (" + cid + ")");
            }
        });
    }

    private static Map<Cid, String> named(RequestOptions options) {
        Map<Cid, String> files = new LinkedHashMap<>();
        for (StyleUse use : options.styles()) {
            files.put(use.file(), "the style model " + use.name() + ", to be given by " + DetailOptions.LORA);
        }
        if (options.initialImage().isPresent()) {
            InitialImage initial = options.initialImage().get();
            files.put(initial.image(), "an image to begin with, to be given by " + DetailOptions.INIT);
            initial.mask().ifPresent(mask -> files.put(mask, "a mask, to be given by --mask"));
        }
        for (ControlInput control : options.controls()) {
            files.put(control.image(), "a control image for " + control.network() + ", to be given by --control");
        }
        return files;
    }

    /** A remote store may find what it does not have itself. */
    private static boolean isThere(Cid cid, BlobStore blobs) {
        if (blobs.has(cid)) {
            return true;
        }
        try (InputStream in = blobs.open(cid)) {
            return in.available() >= 0;
        } catch (NotFoundException e) {
            return false;
        } catch (IOException e) {
            throw FileErrors.reading("the blob " + cid, e);
        }
    }
}
