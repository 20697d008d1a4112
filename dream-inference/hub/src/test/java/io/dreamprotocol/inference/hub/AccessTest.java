package io.dreamprotocol.inference.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.net.Reach;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tokens, refusals, and where a hub may send its clients. */
class AccessTest extends HubTest {
    private HubClient.Builder withToken() {
        return client().token(HubToken.of(TOKEN));
    }

    @Test
    void theTokenGoesToTheHubAndNowhereElse() {
        hub.require(TOKEN);
        try (HubClient client = withToken().build()) {
            client.pull(LocalHub.REPOSITORY, PullListener.NONE, new Cancellation());
        }

        assertThat(hub.seen)
                .filteredOn(request -> request.server().equals("hub"))
                .isNotEmpty()
                .allMatch(request -> request.header("Authorization").equals("Bearer " + TOKEN));
        assertThat(hub.seen)
                .filteredOn(request -> request.server().equals("storage"))
                .isNotEmpty()
                .noneMatch(request -> request.headers().containsKey("Authorization"));
    }

    @Test
    void anotherPortOfTheHubsHostIsNotTheHub() {
        hub.next(WEIGHTS, LocalHub.redirect(hub.storageAddress(WEIGHTS).replace("localhost", "127.0.0.1")));
        try (HubClient client = withToken().build()) {
            client.pull(LocalHub.REPOSITORY, PullListener.NONE, new Cancellation());
        }

        assertThat(hub.requests("storage", WEIGHTS))
                .hasSize(1)
                .noneMatch(request -> request.headers().containsKey("Authorization"));
    }

    @Test
    void noTokenIsSentWithoutOne() {
        pull();

        assertThat(hub.seen).noneMatch(request -> request.headers().containsKey("Authorization"));
    }

    @Test
    void aPrivateModelIsUnknownWithoutAToken() {
        hub.require(TOKEN);

        assertThat(refusal(ErrorCode.UNKNOWN_MODEL)).hasMessageContaining("configure a token");
    }

    @Test
    void aWrongTokenIsRefused() {
        hub.require("another");

        DreamException error = refusal(ErrorCode.REMOTE_REFUSED, withToken());

        assertThat(error).hasMessageContaining("does not accept the token");
        assertThat(error.isRetryable()).isFalse();
        assertThat(hub.seen).hasSize(1);
    }

    @Test
    void aBare401AsksForAToken() {
        hub.next(LocalHub.DESCRIPTION, LocalHub.status(401));

        assertThat(refusal(ErrorCode.REMOTE_REFUSED)).hasMessageContaining("asks for a token");
    }

    @Test
    void aGatedModelSaysWhatToDo() {
        hub.next(LocalHub.DESCRIPTION, LocalHub.status(403, "X-Error-Code", "GatedRepo"));
        assertThat(refusal(ErrorCode.REMOTE_REFUSED)).hasMessageContaining("accept its terms");

        // A hub describes gated models to everyone and guards only the files.
        hub.next(WEIGHTS, LocalHub.status(401, "X-Error-Code", "GatedRepo"));
        assertThat(refusal(ErrorCode.REMOTE_REFUSED, withToken())).hasMessageContaining("use a token of that account");
    }

    @Test
    void a403IsRefused() {
        hub.next(LocalHub.DESCRIPTION, LocalHub.status(403));

        assertThat(refusal(ErrorCode.REMOTE_REFUSED)).hasMessageContaining("does not allow access");
    }

    @Test
    void anUnknownModelIsNotFound() {
        assertThat(refusal(ErrorCode.UNKNOWN_MODEL, client(), "dream/unknown"))
                .hasMessageContaining("There is no model dream/unknown");
    }

    @Test
    void anUnknownRevisionIsNotFound() {
        assertThat(refusal(ErrorCode.UNKNOWN_MODEL, client(), LocalHub.REPOSITORY + "@v9"))
                .hasMessageContaining("no revision 'v9'");
    }

    @Test
    void aListedFileThatIsMissingIsNotFound() {
        hub.next(SMALL, LocalHub.status(404, "X-Error-Code", "EntryNotFound"));
        assertThat(refusal(ErrorCode.MODEL_FILE_MISSING)).hasMessageContaining(SMALL);

        hub.next(SMALL, LocalHub.status(404));
        assertThat(refusal(ErrorCode.MODEL_FILE_MISSING)).hasMessageContaining(SMALL);
    }

    @Test
    void aServerThatIsNoHubIsRefused() {
        hub.next(LocalHub.DESCRIPTION, LocalHub.status(404));
        refusal(ErrorCode.UNKNOWN_MODEL);

        hub.next(LocalHub.DESCRIPTION, LocalHub.status(418, "X-Error-Code", "Teapot\u0007"));
        assertThat(refusal(ErrorCode.REMOTE_REFUSED)).hasMessageContaining("418");
    }

    @Test
    void aRenamedModelIsFollowed() {
        hub.next(
                LocalHub.DESCRIPTION,
                LocalHub.redirect("/api/models/" + LocalHub.REPOSITORY + "/revision/main?blobs=true"));

        assertThat(pull("dream/old-name").commit()).isEqualTo(LocalHub.COMMIT);
    }

    @Test
    void aCircleOfRedirectsIsLeft() {
        hub.always(WEIGHTS, LocalHub.redirect("/" + LocalHub.REPOSITORY + "/resolve/main/" + WEIGHTS));

        assertThat(refusal(ErrorCode.REMOTE_MISMATCH)).hasMessageContaining("redirects more than");
        assertThat(hub.count("hub", WEIGHTS)).isEqualTo(HubHttp.MAX_REDIRECTS + 1);
    }

    @Test
    void redirectsToOtherThingsThanWebAddressesAreRefused() {
        for (String location : List.of("file:///etc/passwd", "ftp://localhost/x", "http://", "jar:http://x!/")) {
            hub.next(WEIGHTS, LocalHub.redirect(location));

            assertThat(refusal(ErrorCode.REMOTE_MISMATCH)).hasMessageContaining("no web address");
        }
        hub.next(WEIGHTS, LocalHub.status(302));
        refusal(ErrorCode.REMOTE_MISMATCH);
    }

    @Test
    void aPublicHubMayNotSendIntoThisNetwork() {
        surroundings.reaches.put("127.0.0.1", Reach.PUBLIC); // the hub and its storage
        surroundings.names.put("inside.example", "10.1.2.3");
        surroundings.names.put("metadata.example", "169.254.169.254");
        for (String host : List.of(
                "127.0.0.2",
                "10.1.2.3",
                "[::1]",
                "[fd00::1]",
                "169.254.169.254",
                "inside.example",
                "metadata.example")) {
            hub.next(WEIGHTS, LocalHub.redirect("http://" + host + "/latest/meta-data"));

            assertThat(refusal(ErrorCode.REMOTE_MISMATCH))
                    .hasMessageContaining("inside a network that the hub is not in")
                    .hasMessageContaining(host.replace("[", "").replace("]", ""));
        }
    }

    @Test
    void aPublicHubMaySendToPublicAddresses() {
        surroundings.reaches.put("127.0.0.1", Reach.PUBLIC);

        pull();
    }

    @Test
    void aHubInANetworkMaySendWithinIt() {
        surroundings.reaches.put("127.0.0.1", Reach.PRIVATE);

        pull();
    }

    @Test
    void aHubInANetworkMayNotSendToThisMachine() {
        surroundings.reaches.put("127.0.0.1", Reach.PRIVATE);
        hub.next(WEIGHTS, LocalHub.redirect("http://127.0.0.2/"));

        refusal(ErrorCode.REMOTE_MISMATCH);
    }

    @Test
    void nobodyIsSentFromHttpsToHttp() {
        assertThat(RedirectRule.keepsSafety(url("https://a"), url("http://a"))).isFalse();
        assertThat(RedirectRule.keepsSafety(url("https://a"), url("https://b"))).isTrue();
        assertThat(RedirectRule.keepsSafety(url("http://a"), url("http://b"))).isTrue();
        assertThat(RedirectRule.keepsSafety(url("http://a"), url("https://b"))).isTrue();
    }

    private static okhttp3.HttpUrl url(String text) {
        return okhttp3.HttpUrl.get(text);
    }

    @Test
    void addressesThatAreNoHubsAreRefused() {
        for (String address : List.of(
                "ftp://hub",
                "file:///x",
                "hub",
                "https://user:secret-word@hub",
                "https://hub?x=secret-word",
                "https://hub#x")) {
            HubClient.Builder builder = client().hub(URI.create(address));
            assertThatThrownBy(builder::build)
                    .isInstanceOfSatisfying(
                            DreamException.class,
                            error -> assertThat(error.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                    .hasMessageNotContaining("secret-word");
        }
    }

    @Test
    void aTokenIsNotSentUnencrypted() {
        for (String address : List.of("http://hub.example", "http://10.0.0.1", "http://localhost.example")) {
            HubClient.Builder builder = withToken().hub(URI.create(address));
            assertThatThrownBy(builder::build)
                    .hasMessageContaining("unencrypted")
                    .hasMessageNotContaining(TOKEN);
        }
        for (String address :
                List.of("https://hub.example", "http://localhost:1", "http://127.0.0.1", "http://[::1]")) {
            withToken().hub(URI.create(address)).build().close();
        }
    }

    @Test
    void timeoutsAreMoreThanZero() {
        HubClient.Builder builder = client();
        assertThatThrownBy(() -> builder.readTimeout(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.connectTimeout(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
