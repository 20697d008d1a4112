package io.dreamprotocol.core;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.image.RequestOptions;
import io.dreamprotocol.core.image.StyleUse;
import io.dreamprotocol.core.ledger.StyleRegistry;
import io.dreamprotocol.core.ledger.StyleShare;
import io.dreamprotocol.core.prompt.ExtraNetwork;
import io.dreamprotocol.core.prompt.PromptTags;
import io.dreamprotocol.core.storage.BlobSource;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.style.Share;
import io.dreamprotocol.core.style.StyleFile;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleModel;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The registered style models of a request. Requester and worker find them by the same rule, so that the one pays for what the other
 * checks that it is paid for.
 */
final class RegisteredStyles {
    private static final Set<String> TAGS = Set.of("lora", "lyco");
    private static final int BUFFER = 1 << 16;

    private final StyleRegistry styles;
    private final BlobSource blobs;

    RegisteredStyles(StyleRegistry styles, BlobSource blobs) {
        this.styles = styles;
        this.blobs = blobs;
    }

    /**
     * Adds the style models that tags of the prompt name and the request does not bring along.
     *
     * @throws NotFoundException with style-not-found if the library has none of that name
     * @throws InvalidInputException if what has that name is no LoRA
     */
    GenerationRequest withNamed(GenerationRequest request) {
        List<StyleUse> uses = new ArrayList<>(request.options().styles());
        Set<String> known = uses.stream().map(StyleUse::name).collect(Collectors.toSet());
        for (ExtraNetwork tag : PromptTags.parse(request.prompt()).networks()) {
            String name = tag.name().orElse("");
            if (TAGS.contains(tag.kind()) && known.add(name)) {
                StyleModel model = named(name);
                uses.add(new StyleUse(name, principal(model).cid(), tag.unetWeight(), tag.textEncoderWeight()));
            }
        }
        RequestOptions options = request.options();
        return uses.size() == options.styles().size() ? request : request.withOptions(options.withStyles(uses));
    }

    private StyleModel named(String name) {
        StyleModel model = find(name)
                .orElseThrow(() -> new NotFoundException(
                        ErrorCode.STYLE_NOT_FOUND,
                        "The prompt asks for <lora:" + name + ">, and neither the request nor the library has a style"
                                + " model of that name; search the library"));
        if (model.manifest().kind() != StyleKind.LORA) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_PROMPT,
                    "The prompt asks for <lora:" + name + ">, and in the library that is a "
                            + model.manifest().kind().id());
        }
        return model;
    }

    private Optional<StyleModel> find(String name) {
        return styles.named(name.toLowerCase(Locale.ROOT));
    }

    /** Returns the digest of the checkpoint that has a name in the library. */
    Optional<Bytes> checkpoint(String name) {
        return find(name)
                .filter(model -> model.manifest().kind() == StyleKind.CHECKPOINT)
                .map(model -> model.manifest().digest());
    }

    /** Returns what a request owes: each registered model that it uses, and the share of its royalty. */
    List<StyleShare> owed(CanonicalRequest request, ModelDescriptor base) {
        Map<StyleId, Integer> parts = new TreeMap<>();
        ModelFile.principal(base.files())
                .flatMap(file -> styles.ofFile(file.sha256()))
                .ifPresent(model -> parts.put(model.id(), Share.WHOLE));
        Map<String, ExtraNetwork> tags = new HashMap<>();
        PromptTags.parse(request.prompt()).networks().forEach(tag -> tag.name().ifPresent(name -> tags.put(name, tag)));
        for (StyleUse use : request.options().styles()) {
            registered(use).ifPresent(model -> {
                StyleShare share =
                        StyleShare.ofWeight(model.id(), weight(use, Optional.ofNullable(tags.get(use.name()))));
                parts.merge(model.id(), share.parts(), (one, other) -> Math.min(Share.WHOLE, one + other));
            });
        }
        List<StyleShare> owed = new ArrayList<>();
        parts.forEach((id, count) -> owed.add(new StyleShare(id, count)));
        return owed;
    }

    /** The larger of the weights in both networks; a tag's weights count instead of the request's. */
    private static double weight(StyleUse use, Optional<ExtraNetwork> tag) {
        double unet = tag.map(ExtraNetwork::unetWeight).orElse(use.weight());
        double text = tag.map(ExtraNetwork::textEncoderWeight).orElse(use.textEncoderWeight());
        return Math.max(Math.abs(unet), Math.abs(text));
    }

    /** Finds the registered model of a use: by name and file, or else by what is in the file. */
    Optional<StyleModel> registered(StyleUse use) {
        Optional<StyleModel> named =
                find(use.name()).filter(model -> principal(model).cid().equals(use.file()));
        return named.isPresent() ? named : styles.ofFile(sha256(use.file()));
    }

    static StyleFile principal(StyleModel model) {
        ModelFile principal = model.manifest().principal();
        return model.manifest().files().stream()
                .filter(file -> file.file().equals(principal))
                .findFirst()
                .orElseThrow();
    }

    private Bytes sha256(Cid cid) {
        MessageDigest digest = Bytes.newSha256();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = blobs.open(cid)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        } catch (IOException e) {
            throw new StorageException(
                    ErrorCode.STORE_FAILED, "The style model " + cid + " cannot be read; check the store", e);
        }
        return Bytes.of(digest.digest());
    }
}
