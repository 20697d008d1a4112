package io.dreamprotocol.inference.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Lines that break, stall and lie, and servers out of order. */
class FaultyLineTest extends HubTest {
    private static final Duration SHORT = Duration.ofMillis(150);

    @Test
    void aCutLineIsTakenUpWhereItBroke() {
        hub.nextContent(WEIGHTS, LocalHub.cutAfter(1_000_000), LocalHub.cutAfter(500_000));

        pull();

        List<LocalHub.Seen> requests = hub.requests("storage", WEIGHTS);
        assertThat(requests).hasSize(3);
        assertThat(requests.get(0).header("Range")).isNull();
        // The client may have missed the last bytes before the cut.
        assertThat(requests.get(1).header("Range")).matches("bytes=[1-9]\\d{3,6}-");
        assertThat(requests.get(2).header("Range")).matches("bytes=[1-9]\\d{3,6}-");
        assertThat(requests.get(2).header("If-Range")).isEqualTo(LocalHub.etag(hub.files.get(WEIGHTS)));
        assertThat(blobOf(WEIGHTS)).hasBinaryContent(hub.files.get(WEIGHTS));
        assertThat(filesIn(cache())).noneMatch(name -> name.contains(".part"));
    }

    @Test
    void aCutSmallFileIsFetchedAgain() {
        hub.nextContent(SMALL, LocalHub.cutAfter(10));

        assertThat(pull().folder().resolve(SMALL)).hasBinaryContent(hub.files.get(SMALL));
    }

    @Test
    void aLineThatKeepsBreakingIsGivenUpAndLeavesAPartToResume() throws IOException {
        hub.alwaysContent(WEIGHTS, LocalHub.cutAfter(100_000));

        DreamException error = refusal(ErrorCode.REMOTE_UNAVAILABLE);

        assertThat(error).hasMessageContaining(WEIGHTS).hasMessageContaining("what was fetched is kept");
        assertThat(error.isRetryable()).isTrue();
        assertThat(hub.count("storage", WEIGHTS)).isEqualTo(Retries.ATTEMPTS);
        assertThat(surroundings.pauses).hasSize(Retries.ATTEMPTS - 1);
        assertThat(Files.size(blob(".part"))).isPositive();
    }

    @Test
    void aLineThatBringsEnoughBeforeEachBreakIsNotGivenUp() {
        hub.files.put(WEIGHTS, Arrays.copyOf(hub.files.get(WEIGHTS), 12_000_000));
        hub.alwaysContent(WEIGHTS, LocalHub.cutAfter(1_300_000));

        pull();

        assertThat(hub.count("storage", WEIGHTS)).isGreaterThan(Retries.ATTEMPTS);
        assertThat(blobOf(WEIGHTS)).hasBinaryContent(hub.files.get(WEIGHTS));
    }

    @Test
    void aStalledLineIsGivenUpAndTakenUpAgain() {
        hub.nextContent(WEIGHTS, hub.stallAfter(1_000_000));

        try (HubClient client = client().readTimeout(SHORT.multipliedBy(5)).build()) {
            client.pull(LocalHub.REPOSITORY, PullListener.NONE, new io.dreamprotocol.core.image.Cancellation());
        }

        assertThat(hub.requests("storage", WEIGHTS)).hasSize(2);
        assertThat(hub.requests("storage", WEIGHTS).get(1).header("Range")).startsWith("bytes=");
    }

    @Test
    void aLineThatAlwaysStallsIsUnavailable() {
        hub.alwaysContent(WEIGHTS, hub.stallAfter(10));

        refusal(ErrorCode.REMOTE_UNAVAILABLE, client().readTimeout(SHORT));
    }

    @Test
    void aLineThatTricklesIsUnavailable() {
        hub.alwaysContent(WEIGHTS, hub.trickle());

        assertThat(refusal(ErrorCode.REMOTE_UNAVAILABLE, client().readTimeout(SHORT)))
                .hasMessageContaining("brought only");
    }

    @Test
    void aHubThatAnswersNothingIsUnavailable() {
        hub.always(LocalHub.DESCRIPTION, (exchange, content) -> hub.closing.await());

        refusal(ErrorCode.REMOTE_UNAVAILABLE, client().readTimeout(SHORT));
    }

    @Test
    void aDescriptionThatTricklesIsUnavailable() {
        hub.always(LocalHub.DESCRIPTION, (exchange, content) -> hub.trickle().give(exchange, new byte[1_000_000]));

        refusal(ErrorCode.REMOTE_UNAVAILABLE, client().readTimeout(SHORT));
    }

    @Test
    void aHubThatIsNotThereIsUnavailable() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }

        assertThat(refusal(ErrorCode.REMOTE_UNAVAILABLE, client().hub(URI.create("http://127.0.0.1:" + port))))
                .hasMessageContaining("check the network");
    }

    @Test
    void aHubWithoutANameIsUnavailable() {
        refusal(ErrorCode.REMOTE_UNAVAILABLE, client().hub(URI.create("http://no-such-host.invalid")));
    }

    @Test
    void aServerOutOfOrderIsAskedAgain() {
        hub.next(LocalHub.DESCRIPTION, LocalHub.status(500), LocalHub.status(502), LocalHub.status(503));
        hub.nextContent(WEIGHTS, LocalHub.status(504));

        pull();

        assertThat(hub.count("hub", LocalHub.DESCRIPTION)).isEqualTo(4);
        assertThat(surroundings.pauses).hasSize(4).allMatch(pause -> pause.compareTo(Duration.ofSeconds(8)) <= 0);
    }

    @Test
    void theAskedPauseIsKept() {
        hub.next(
                LocalHub.DESCRIPTION,
                LocalHub.status(429, "Retry-After", "37"),
                LocalHub.status(429, "RateLimit", "\"api\";r=0;t=41"),
                LocalHub.status(503, "Retry-After", "Thu, 01 Jan 2026 00:00:43 GMT"));

        pull();

        assertThat(surroundings.pauses)
                .containsExactly(Duration.ofSeconds(37), Duration.ofSeconds(41), Duration.ofSeconds(43));
    }

    @Test
    void aLongPauseIsLeftToTheUser() {
        hub.next(LocalHub.DESCRIPTION, LocalHub.status(429, "Retry-After", "3600"));

        assertThat(refusal(ErrorCode.REMOTE_UNAVAILABLE)).hasMessageContaining("3600 seconds");
        assertThat(surroundings.pauses).isEmpty();
    }

    @Test
    void aSenselessPauseIsIgnored() {
        hub.next(
                LocalHub.DESCRIPTION,
                LocalHub.status(429, "Retry-After", "soon"),
                LocalHub.status(429, "Retry-After", "-5"),
                LocalHub.status(429, "Retry-After", "Thu, 01 Jan 1970 00:00:00 GMT"));

        pull();

        assertThat(surroundings.pauses).hasSize(3);
    }

    @Test
    void aLyingDigestIsRefusedAndNamed() {
        byte[] other = hub.files.get(WEIGHTS).clone();
        other[2_999_999] ^= 1;
        hub.alwaysContent(WEIGHTS, (exchange, content) -> LocalHub.send(exchange, 200, other));

        DreamException error = refusal(ErrorCode.REMOTE_MISMATCH);

        assertThat(error)
                .hasMessageContaining(WEIGHTS)
                .hasMessageContaining(LocalHub.hex("SHA-256", hub.files.get(WEIGHTS)))
                .hasMessageContaining(LocalHub.hex("SHA-256", other));
        assertThat(hub.count("storage", WEIGHTS)).isEqualTo(1);
        assertThat(filesIn(cache())).noneMatch(name -> name.contains(".part") || name.contains("/models/"));
    }

    @Test
    void aLyingDigestOfASmallFileIsRefused() {
        byte[] other = hub.files.get(SMALL).clone();
        other[0] = ' ';
        hub.alwaysContent(SMALL, (exchange, content) -> LocalHub.send(exchange, 200, other));

        assertThat(refusal(ErrorCode.REMOTE_MISMATCH)).hasMessageContaining("git-");
    }

    @Test
    void partsOfDifferentContentsLeadToAFreshStart() {
        byte[] other = hub.files.get(WEIGHTS).clone();
        other[5] ^= 1;
        hub.nextContent(
                WEIGHTS, (exchange, content) -> LocalHub.cutAfter(1_000_000).give(exchange, other));
        // Without a check of its own, the server goes on with other bytes.
        hub.nextContent(WEIGHTS, (exchange, content) -> {
            int from = Integer.parseInt(
                    exchange.getRequestHeaders().getFirst("Range").replaceAll("\\D", ""));
            LocalHub.send(
                    exchange,
                    206,
                    Arrays.copyOfRange(content, from, content.length),
                    "Content-Range",
                    "bytes " + from + "-2999999/3000000");
        });

        pull();

        assertThat(hub.requests("storage", WEIGHTS)).hasSize(3);
        assertThat(hub.requests("storage", WEIGHTS).get(2).header("Range")).isNull();
        assertThat(blobOf(WEIGHTS)).hasBinaryContent(hub.files.get(WEIGHTS));
    }

    @Test
    void aChangedEntityTagLeadsToAFreshStart() {
        byte[] other = hub.files.get(WEIGHTS).clone();
        other[5] ^= 1;
        hub.nextContent(
                WEIGHTS, (exchange, content) -> LocalHub.cutAfter(1_000_000).give(exchange, other));

        pull();

        // The storage finds that If-Range does not fit, and sends all.
        assertThat(hub.requests("storage", WEIGHTS)).hasSize(2);
        assertThat(hub.requests("storage", WEIGHTS).get(1).header("If-Range")).isEqualTo(LocalHub.etag(other));
        assertThat(blobOf(WEIGHTS)).hasBinaryContent(hub.files.get(WEIGHTS));
    }

    @Test
    void aServerThatIgnoresIfRangeIsFoundOutByItsTag() {
        hub.nextContent(WEIGHTS, LocalHub.cutAfter(1_000_000));
        hub.nextContent(WEIGHTS, (exchange, content) -> {
            int from = Integer.parseInt(
                    exchange.getRequestHeaders().getFirst("Range").replaceAll("\\D", ""));
            LocalHub.send(
                    exchange,
                    206,
                    new byte[content.length - from],
                    "ETag",
                    "\"another\"",
                    "Content-Range",
                    "bytes " + from + "-2999999/3000000");
        });

        pull();

        assertThat(hub.requests("storage", WEIGHTS)).hasSize(3);
        assertThat(hub.requests("storage", WEIGHTS).get(2).header("Range")).isNull();
    }

    @Test
    void aServerWithoutRangesSendsAllAgain() {
        hub.nextContent(WEIGHTS, LocalHub.cutAfter(1_000_000));
        hub.nextContent(WEIGHTS, (exchange, content) -> LocalHub.send(exchange, 200, content));

        pull();

        assertThat(blobOf(WEIGHTS)).hasBinaryContent(hub.files.get(WEIGHTS));
    }

    @Test
    void anotherRangeThanAskedForIsNotTaken() {
        for (String range : List.of("bytes 0-9/3000000", "bytes 99999999999999999999-1/2", "nonsense")) {
            hub.nextContent(WEIGHTS, LocalHub.cutAfter(1_000_000));
            hub.nextContent(
                    WEIGHTS, (exchange, content) -> LocalHub.send(exchange, 206, new byte[10], "Content-Range", range));

            assertThat(pull().folder().resolve(WEIGHTS)).hasBinaryContent(hub.files.get(WEIGHTS));
            deleteBlob();
        }
    }

    @Test
    void aRangeThatTheServerDoesNotHaveLeadsToAFreshStart() {
        hub.nextContent(WEIGHTS, LocalHub.cutAfter(1_000_000), LocalHub.status(416));

        pull();

        assertThat(hub.requests("storage", WEIGHTS).getLast().header("Range")).isNull();
    }

    @Test
    void aRangeOfAnotherFileIsRefused() {
        hub.nextContent(WEIGHTS, LocalHub.cutAfter(1_000_000));
        hub.nextContent(WEIGHTS, (exchange, content) -> {
            String from = exchange.getRequestHeaders().getFirst("Range").replaceAll("\\D", "");
            LocalHub.send(exchange, 206, new byte[10], "Content-Range", "bytes " + from + "-4999999/5000000");
        });

        refusal(ErrorCode.REMOTE_MISMATCH);
    }

    @Test
    void aPartThatIsTooLongIsThrownAway() throws IOException {
        hub.alwaysContent(WEIGHTS, LocalHub.cutAfter(100_000));
        refusal(ErrorCode.REMOTE_UNAVAILABLE);
        Files.write(blob(".part"), new byte[4_000_000]);
        try (LocalHub whole = hub) {
            hub = LocalHub.withModel();
            assertThat(whole.count("storage", WEIGHTS)).isPositive();
        }

        pull();

        assertThat(hub.requests("storage", WEIGHTS).getFirst().header("Range")).isNull();
    }

    @Test
    void aWrongLengthIsRefused() {
        for (int length : List.of(2_999_999, 3_000_001)) {
            hub.nextContent(WEIGHTS, (exchange, content) -> LocalHub.send(exchange, 200, new byte[length]));

            assertThat(refusal(ErrorCode.REMOTE_MISMATCH)).hasMessageContaining(Integer.toString(length));
        }
    }

    @Test
    void anEndlessFileIsRefused() {
        hub.nextContent(WEIGHTS, LocalHub.endless());

        assertThat(refusal(ErrorCode.REMOTE_MISMATCH)).hasMessageContaining("more comes than the 3000000 bytes");
        assertThat(filesIn(cache())).noneMatch(name -> name.contains(".part"));
    }

    @Test
    void anEndlessDescriptionIsRefused() {
        hub.next(LocalHub.DESCRIPTION, LocalHub.endless());

        assertThat(refusal(ErrorCode.REMOTE_MISMATCH)).hasMessageContaining("bytes");
    }

    @Test
    void compressedContentIsRefusedRatherThanStored() throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(hub.files.get(SMALL));
        }
        hub.nextContent(
                SMALL,
                (exchange, content) -> LocalHub.send(exchange, 200, zipped.toByteArray(), "Content-Encoding", "gzip"));

        assertThat(refusal(ErrorCode.REMOTE_MISMATCH)).hasMessageContaining("compressed");
        assertThat(hub.seen)
                .allMatch(request -> request.header("Accept-Encoding").equals("identity"));
    }

    @Test
    void aBombIsNotUnpacked() throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            for (int i = 0; i < 1000; i++) {
                gzip.write(new byte[1 << 16]);
            }
        }
        hub.next(
                LocalHub.DESCRIPTION,
                (exchange, content) -> LocalHub.send(exchange, 200, zipped.toByteArray(), "Content-Encoding", "gzip"));

        assertThat(refusal(ErrorCode.REMOTE_MISMATCH)).hasMessageContaining("compressed");
    }

    @Test
    void otherPromisesThanInTheListAreRefused() {
        String location = hub.storageAddress(WEIGHTS);
        for (String[] headers : List.of(
                new String[] {"X-Linked-Etag", "\"" + "0".repeat(64) + "\""},
                new String[] {"X-Linked-Size", "17"},
                new String[] {"X-Repo-Commit", "f".repeat(40)})) {
            hub.next(WEIGHTS, LocalHub.status(302, "Location", location, headers[0], headers[1]));

            assertThat(refusal(ErrorCode.REMOTE_MISMATCH)).hasMessageContaining(WEIGHTS);
        }
    }

    @Test
    void tagsThatAreNoDigestsProveNothing() {
        hub.next(
                WEIGHTS, LocalHub.status(302, "Location", hub.storageAddress(WEIGHTS), "X-Linked-Etag", "W/\"12-ab\""));

        pull();
    }

    @Test
    void aStorageWhoseSignatureHasRunOutIsReachedWithANewOne() {
        hub.nextContent(WEIGHTS, LocalHub.status(403));

        pull();

        assertThat(hub.count("hub", WEIGHTS)).isEqualTo(2);
    }

    @Test
    void aStorageThatAlwaysRefusesIsUnavailable() {
        hub.alwaysContent(WEIGHTS, LocalHub.status(403));

        assertThat(refusal(ErrorCode.REMOTE_UNAVAILABLE)).hasMessageContaining("403");
    }

    private void deleteBlob() {
        try {
            Path blob = blobOf(WEIGHTS);
            Files.delete(blob);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aDescriptionThatIsNoneIsRefused() {
        for (String text : List.of("", "[]", "null", "{", "<html>", "{}", "{\"sha\":\"main\"}", "{\"sha\":7}")) {
            hub.next(
                    LocalHub.DESCRIPTION,
                    (exchange, content) -> LocalHub.send(exchange, 200, text.getBytes(StandardCharsets.UTF_8)));

            refusal(ErrorCode.REMOTE_MISMATCH);
        }
        hub.next(
                LocalHub.DESCRIPTION,
                (exchange, content) ->
                        LocalHub.send(exchange, 200, "[".repeat(100_000).getBytes(StandardCharsets.UTF_8)));
        refusal(ErrorCode.REMOTE_MISMATCH);
    }

    @Test
    void anotherCommitThanThePinnedIsRefused() {
        hub.description.put("sha", "f".repeat(40));

        assertThat(refusal(ErrorCode.REMOTE_MISMATCH, client(), LocalHub.REPOSITORY + "@" + LocalHub.COMMIT))
                .hasMessageContaining("f".repeat(40));
    }
}
