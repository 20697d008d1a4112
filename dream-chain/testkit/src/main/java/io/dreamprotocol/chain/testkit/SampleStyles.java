package io.dreamprotocol.chain.testkit;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.merkle.MerkleTree;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.Contribution;
import io.dreamprotocol.core.style.ContributorsRoot;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleFile;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleManifest;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleTerms;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Style models for tests. */
final class SampleStyles {
    static final String ARCHITECTURE = "stable-diffusion-1";

    private SampleStyles() {}

    static Bytes digest(String text) {
        return Bytes.sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the manifest of a LoRA with one file, which belongs to its name. */
    static StyleManifest manifest(String name, boolean sealed) {
        return manifest(name, name, sealed);
    }

    static StyleManifest manifest(String name, String file, boolean sealed) {
        return manifest(name, file, StyleKind.LORA, "A style", List.of(), List.of(), sealed);
    }

    static StyleManifest manifest(
            String name,
            String file,
            StyleKind kind,
            String description,
            List<String> triggerWords,
            List<String> tags,
            boolean sealed) {
        return new StyleManifest(
                name,
                kind,
                ARCHITECTURE,
                description,
                triggerWords,
                tags,
                "CC-BY-4.0",
                List.of(new StyleFile(
                        new ModelFile("style.safetensors", 1000, digest("file of " + file)), LedgerFixture.cid(file))),
                List.of(LedgerFixture.cid("preview of " + name)),
                sealed);
    }

    /** Returns the terms of a model that costs a royalty and from which anyone may derive for a price. */
    static StyleTerms terms(long price, long licencePrice, long derivePrice) {
        return new StyleTerms(
                Amount.of(price), Amount.of(licencePrice), Optional.empty(), Optional.of(Amount.of(derivePrice)));
    }

    /** Returns an open model whose earnings are all its owner's. */
    static StyleRegistration open(String name, long price) {
        return registration(manifest(name, false), terms(price, 0, 0));
    }

    static StyleRegistration registration(StyleManifest manifest, StyleTerms terms) {
        return new StyleRegistration(manifest, terms, SplitTable.OWNER_ONLY, List.of(), Optional.empty());
    }

    static ContributorsRoot root(List<Contribution> contributions) {
        long total = contributions.stream().mapToLong(Contribution::weight).sum();
        return new ContributorsRoot(
                tree(contributions).root(), contributions.size(), total, Optional.of(LedgerFixture.cid("list")));
    }

    static MerkleTree tree(List<Contribution> contributions) {
        MerkleTree.Builder builder = MerkleTree.builder();
        contributions.forEach(contribution -> builder.add(contribution.encode()));
        return builder.build();
    }
}
