package io.dreamprotocol.core.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
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
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleTerms;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Accounts and style models for the tests of the rules. */
final class Samples {
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    static final AccountId OWNER = new AccountId("ed25519:0a");
    static final AccountId WORKER = new AccountId("ed25519:0b");
    static final AccountId OTHER = new AccountId("ed25519:0c");
    static final AccountId POOL = new AccountId("pool:1");

    private Samples() {}

    static AccountId account(int number) {
        return new AccountId("ed25519:a" + number);
    }

    static Cid cid(String text) {
        return Cid.of(Cid.Codec.RAW, text.getBytes(StandardCharsets.UTF_8));
    }

    static Bytes digest(String text) {
        return Bytes.sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    static StyleManifest manifest(String name, boolean sealed) {
        return new StyleManifest(
                name,
                StyleKind.LORA,
                "stable-diffusion-1",
                "",
                List.of(),
                List.of(),
                "MIT",
                List.of(new StyleFile(new ModelFile("model.safetensors", 9, digest(name)), cid(name))),
                List.of(),
                sealed);
    }

    /** Terms with a price for everything, and for ever. */
    static StyleTerms terms(long price, long licencePrice, long derivePrice) {
        return new StyleTerms(
                Amount.of(price), Amount.of(licencePrice), Optional.empty(), Optional.of(Amount.of(derivePrice)));
    }

    static StyleRegistration registration(String name, StyleTerms terms, SplitTable split, List<Parent> parents) {
        return new StyleRegistration(
                manifest(name, false),
                terms,
                split,
                parents,
                split.contributors() > 0 ? Optional.of(root(List.of(new Contribution(OTHER, 1)))) : Optional.empty());
    }

    static StyleModel register(FakeLedger ledger, AccountId owner, StyleRegistration registration) {
        return ledger.carryOut(StyleRules.register(owner, registration, Amount.MAX, ledger, NOW));
    }

    /** Registers an open model whose earnings are its owner's. */
    static StyleModel register(FakeLedger ledger, String name, long price, Parent... parents) {
        return register(ledger, OWNER, registration(name, terms(price, 0, 0), SplitTable.OWNER_ONLY, List.of(parents)));
    }

    static MerkleTree tree(List<Contribution> contributions) {
        MerkleTree.Builder builder = MerkleTree.builder();
        contributions.forEach(contribution -> builder.add(contribution.encode()));
        return builder.build();
    }

    static ContributorsRoot root(List<Contribution> contributions) {
        long total = contributions.stream().mapToLong(Contribution::weight).sum();
        return new ContributorsRoot(tree(contributions).root(), contributions.size(), total, Optional.empty());
    }

    static void assertRefused(ErrorCode code, ThrowingCallable call) {
        DreamException refusal = catchThrowableOfType(DreamException.class, call);
        assertThat(refusal).as("refusal").isNotNull();
        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal).hasMessageNotContaining("\n");
    }
}
