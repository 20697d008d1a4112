package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.merkle.MerkleTree;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.style.Contribution;
import io.dreamprotocol.core.style.ContributorsRoot;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleFile;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleManifest;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleTerms;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Style models and contributors for tests. */
final class SampleMarket {
    private SampleMarket() {}

    static Bytes digest(String text) {
        return Bytes.sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    static Cid cid(String text) {
        return Cid.of(Cid.Codec.RAW, text.getBytes(StandardCharsets.UTF_8));
    }

    static StyleManifest manifest(String name, String description, boolean sealed) {
        return new StyleManifest(
                name,
                StyleKind.LORA,
                "stable-diffusion-1",
                description,
                List.of("trigger of " + name),
                List.of("art"),
                "MIT",
                List.of(new StyleFile(new ModelFile("style.safetensors", 1000, digest(name)), cid(name))),
                List.of(),
                sealed);
    }

    static StyleTerms terms(long price) {
        return new StyleTerms(Amount.of(price), Amount.of(price), Optional.empty(), Optional.of(Amount.of(price)));
    }

    /** Returns a model whose owner gets half of what it keeps, and two contributors of one third and two thirds the other half. */
    static StyleRegistration registration(
            StyleManifest manifest, long price, List<Parent> parents, List<AccountId> contributors) {
        return new StyleRegistration(
                manifest,
                terms(price),
                new SplitTable(5000, List.of(), 5000),
                parents,
                Optional.of(root(contributors)));
    }

    static StyleRegistration ownersOnly(StyleManifest manifest, long price) {
        return new StyleRegistration(manifest, terms(price), SplitTable.OWNER_ONLY, List.of(), Optional.empty());
    }

    private static ContributorsRoot root(List<AccountId> contributors) {
        long total = (long) contributors.size() * (contributors.size() + 1) / 2;
        return new ContributorsRoot(tree(contributors).root(), contributors.size(), total, Optional.empty());
    }

    /** Returns the tree of contributors whose weights are 1, 2, 3 and so on. */
    static MerkleTree tree(List<AccountId> contributors) {
        MerkleTree.Builder tree = MerkleTree.builder();
        for (int i = 0; i < contributors.size(); i++) {
            tree.add(new Contribution(contributors.get(i), i + 1).encode());
        }
        return tree.build();
    }
}
