package io.dreamprotocol.inference.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A hub with TLS, whose certificate only some processes trust. */
class EncryptedLineTest extends HubTest {
    private static final String PASSWORD = "changeit";

    private Path trusted;

    @BeforeEach
    void encrypt() throws Exception {
        hub.close();
        Path keys = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "hub",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=hub",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        PASSWORD,
                        "-storetype",
                        "PKCS12")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD.toCharArray());
        }
        trusted = trust(store);
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD.toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        hub = LocalHub.withModel(tls);
    }

    private Path trust(KeyStore keys) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("hub", keys.getCertificate("hub"));
        Path path = folder.resolve("trusted.p12");
        try (OutputStream out = Files.newOutputStream(path)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return path;
    }

    private String pullTrusting() throws IOException, InterruptedException {
        return resultOf(
                start("-Djavax.net.ssl.trustStore=" + trusted, "-Djavax.net.ssl.trustStorePassword=" + PASSWORD));
    }

    @Test
    void aCertificateThatIsNotTrustedEndsThePullAtOnce() {
        DreamException error = refusal(ErrorCode.REMOTE_UNAVAILABLE);

        assertThat(error).hasMessageContaining("certificate is not trusted");
        assertThat(surroundings.pauses).isEmpty();
        assertThat(hub.seen).isEmpty();
    }

    @Test
    void nobodyIsSentFromAnEncryptedLineToAnOpenOne() throws IOException, InterruptedException {
        assertThat(pullTrusting())
                .startsWith(ErrorCode.REMOTE_MISMATCH.id())
                .contains("redirects from https to http")
                .doesNotContain(LocalHub.SIGNATURE);
        assertThat(hub.seen).noneMatch(request -> request.server().equals("storage"));
    }

    @Test
    void anEncryptedLineIsAsGoodAsAnOpenOne() throws IOException, InterruptedException {
        hub.files
                .keySet()
                .forEach(path -> hub.always(
                        path,
                        (exchange, content) ->
                                LocalHub.send(exchange, 200, content, "X-Repo-Commit", LocalHub.COMMIT)));

        assertThat(pullTrusting()).isEqualTo(LocalHub.COMMIT);
    }
}
