package io.dreamprotocol.core.contributor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.merkle.MerkleProof;
import io.dreamprotocol.core.storage.BlobSource;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.core.style.Contribution;
import io.dreamprotocol.core.style.ContributorsRoot;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ContributionListTest {
    private static final AccountId ANN = account(1);
    private static final AccountId BOB = account(2);
    private static final AccountId EVE = new AccountId("evm:Ab12");

    private static AccountId account(int number) {
        return AccountId.ofEd25519(
                Bytes.sha256(ByteBuffer.allocate(4).putInt(number).array()));
    }

    private static byte[] bytes(ContributionList list) throws IOException {
        try (InputStream in = list.toStream()) {
            return in.readAllBytes();
        }
    }

    private static ContributionList sample() {
        return ContributionList.builder().add(ANN, 3).add(BOB, 4).add(EVE, 1).build();
    }

    @Test
    void contributionsOfOneAccountAreAddedUp() {
        ContributionList list =
                ContributionList.builder().add(ANN, 3).add(BOB, 4).add(ANN, 5).build();

        assertThat(list.size()).isEqualTo(2);
        assertThat(list.totalWeight()).isEqualTo(12);
        assertThat(list.find(ANN)).contains(new Contribution(ANN, 8));
        assertThat(list.find(account(3))).isEmpty();
        assertThat(list.proof(account(3))).isEmpty();
    }

    @Test
    void theOrderOfAddingDoesNotMatter() {
        ContributionList other =
                ContributionList.builder().add(EVE, 1).add(BOB, 4).add(ANN, 3).build();

        assertThat(other.root(Optional.empty())).isEqualTo(sample().root(Optional.empty()));
        for (int i = 1; i < other.size(); i++) {
            assertThat(other.get(i).account()).isGreaterThan(other.get(i - 1).account());
        }
    }

    @Test
    void everyAccountHasAProofThatFitsItsWeightAlone() {
        ContributionList list = sample();
        Bytes root = list.root(Optional.empty()).root();

        for (int i = 0; i < list.size(); i++) {
            Contribution contribution = list.get(i);
            MerkleProof proof = list.proof(contribution.account()).orElseThrow();
            assertThat(proof.verify(root, contribution.encode())).isTrue();
            assertThat(proof.verify(root, new Contribution(contribution.account(), contribution.weight() + 1).encode()))
                    .isFalse();
        }
    }

    @Test
    void weightsOutOfRangeAreRefused() {
        assertFails(
                ErrorCode.INVALID_CONTRIBUTIONS,
                () -> ContributionList.builder().add(ANN, 0));
        assertFails(
                ErrorCode.INVALID_CONTRIBUTIONS,
                () -> ContributionList.builder().add(ANN, -1));
        assertFails(
                ErrorCode.INVALID_CONTRIBUTIONS,
                () -> ContributionList.builder().add(ANN, Long.MAX_VALUE).add(ANN, 1));
        assertFails(
                ErrorCode.INVALID_CONTRIBUTIONS,
                () -> ContributionList.builder()
                        .add(ANN, Long.MAX_VALUE)
                        .add(BOB, 1)
                        .build());
        assertFails(
                ErrorCode.INVALID_CONTRIBUTIONS,
                () -> ContributionList.builder().build());
        assertThat(ContributionList.builder().add(ANN, Long.MAX_VALUE).build().totalWeight())
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void thereIsAMostOfContributors() {
        ContributionList.Builder builder =
                new ContributionList.Builder(2).add(ANN, 1).add(BOB, 1).add(ANN, 1);

        assertFails(ErrorCode.INVALID_CONTRIBUTIONS, () -> builder.add(EVE, 1));
    }

    @Test
    void theFileFormReadsBack() throws Exception {
        ContributionList list = sample();
        ContributorsRoot root = list.root(Optional.empty());

        ContributionList back = ContributionList.read(new ByteArrayInputStream(bytes(list)), root);

        assertThat(back.root(Optional.empty())).isEqualTo(root);
        assertThat(bytes(back)).isEqualTo(bytes(list));
        assertThat(bytes(list)).hasSize(8 + 2 * 34 + 1 + EVE.value().length() + 1);
    }

    @Test
    void anyChangeOfTheFileIsRefused() throws Exception {
        ContributionList list = sample();
        ContributorsRoot root = list.root(Optional.empty());
        byte[] file = bytes(list);

        for (int at = 0; at < file.length; at++) {
            byte[] changed = file.clone();
            changed[at] ^= 1;
            assertThatThrownBy(() -> ContributionList.read(new ByteArrayInputStream(changed), root))
                    .as("byte %s", at)
                    .isInstanceOfSatisfying(
                            DreamException.class,
                            e -> assertThat(e.code()).isIn(ErrorCode.MALFORMED_DATA, ErrorCode.PROOF_INVALID));
            byte[] shorter = Arrays.copyOf(file, at);
            assertFails(ErrorCode.MALFORMED_DATA, () -> ContributionList.read(new ByteArrayInputStream(shorter), root));
        }
        byte[] longer = Arrays.copyOf(file, file.length + 1);
        assertFails(ErrorCode.MALFORMED_DATA, () -> ContributionList.read(new ByteArrayInputStream(longer), root));
    }

    @Test
    void aFileWithAnAccountTwiceIsRefused() throws Exception {
        byte[] one = bytes(ContributionList.builder().add(EVE, 1).build());
        byte[] entry = Arrays.copyOfRange(one, 8, one.length);
        byte[] twice = ByteBuffer.allocate(8 + 2 * entry.length)
                .put(one, 0, 4)
                .putInt(2)
                .put(entry)
                .put(entry)
                .array();
        ContributorsRoot root = new ContributorsRoot(Bytes.sha256(new byte[0]), 2, 2, Optional.empty());

        assertFails(ErrorCode.MALFORMED_DATA, () -> ContributionList.read(new ByteArrayInputStream(twice), root));
    }

    @Test
    void aStatedNumberOfContributorsCostsNothing() {
        byte[] file = ByteBuffer.allocate(8)
                .put("DCL1".getBytes(StandardCharsets.US_ASCII))
                .array();
        for (int count : new int[] {0, -1, ContributionList.MAX_CONTRIBUTORS + 1, Integer.MAX_VALUE}) {
            byte[] claims = ByteBuffer.wrap(file.clone()).putInt(4, count).array();
            ContributorsRoot root = new ContributorsRoot(Bytes.sha256(new byte[0]), 1, 1, Optional.empty());
            assertFails(ErrorCode.MALFORMED_DATA, () -> ContributionList.read(new ByteArrayInputStream(claims), root));
        }
    }

    @Test
    void aListIsFetchedByTheCidOnTheLedger() throws Exception {
        ContributionList list = sample();
        byte[] file = bytes(list);
        Cid cid = UnixFsFile.cidOf(file);
        BlobSource source = asked -> {
            assertThat(asked).isEqualTo(cid);
            return new ByteArrayInputStream(file);
        };

        ContributorsRoot root = list.root(Optional.of(cid));
        assertThat(ContributionList.fetch(root, source).proof(ANN)).isEqualTo(list.proof(ANN));
        assertFails(ErrorCode.BLOB_NOT_FOUND, () -> ContributionList.fetch(list.root(Optional.empty()), source));
        assertFails(ErrorCode.BLOB_NOT_FOUND, () -> ContributionList.fetch(root, BlobSource.NONE));

        ContributorsRoot another = ContributionList.builder()
                .add(ANN, 4)
                .add(BOB, 4)
                .add(EVE, 1)
                .build()
                .root(Optional.of(cid));
        assertFails(ErrorCode.PROOF_INVALID, () -> ContributionList.fetch(another, source));
    }

    /** As many as the system property {@code dream.contributors} says; a million take a few seconds. */
    @Test
    void manyContributorsHaveShortProofs() throws Exception {
        int count = Integer.getInteger("dream.contributors", 20_000);
        Random random = new Random(7);
        ContributionList.Builder builder = ContributionList.builder();
        for (int i = 0; i < count; i++) {
            builder.add(account(i), 1 + random.nextInt(1000));
        }
        ContributionList list = builder.build();
        ContributorsRoot root = list.root(Optional.empty());
        byte[] file = bytes(list);
        ContributionList back = ContributionList.read(new ByteArrayInputStream(file), root);

        assertThat(list.size()).isEqualTo(count);
        assertThat(file.length).isLessThan(36 * count + 8);
        int most = 32 - Integer.numberOfLeadingZeros(count - 1);
        for (int i = 0; i < count; i += Math.max(1, count / 1000)) {
            Contribution contribution = back.find(account(i)).orElseThrow();
            MerkleProof proof = back.proof(account(i)).orElseThrow();
            assertThat(proof.siblings()).hasSizeLessThanOrEqualTo(most);
            assertThat(proof.verify(root.root(), contribution.encode())).isTrue();
        }
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DreamException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }
}
