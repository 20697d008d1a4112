package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The storage commands on a real Kubo node, and on a store with that node behind it. */
final class KuboCommandsIT {
    @TempDir
    private static Path scratch;

    private static KuboNode kubo;

    @TempDir
    Path folder;

    private String store;

    @BeforeAll
    static void startKubo() throws Exception {
        kubo = KuboNode.start(scratch.resolve("repository"));
    }

    @AfterAll
    static void stopKubo() {
        if (kubo != null) {
            kubo.close();
        }
    }

    @BeforeEach
    void files() throws IOException {
        store = kubo.store();
        Files.createDirectories(folder.resolve("pictures/sub"));
        Files.write(folder.resolve("pictures/small"), random(100));
        Files.write(folder.resolve("pictures/sub/large"), random(3_000_000));
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random().nextBytes(bytes);
        return bytes;
    }

    private DreamRun dream(String... args) {
        return DreamRun.in(
                folder,
                Stream.concat(Arrays.stream(args), Stream.of("--store", store)).toArray(String[]::new));
    }

    private String put(String name) {
        DreamRun run = dream("put", name);
        assertThat(run.status()).as(run.err()).isZero();
        return run.outLines().getFirst();
    }

    @Test
    void foldersGoInAndOutUnderKubosOwnCids() throws Exception {
        String cid = put("pictures");
        assertThat(kubo.run(
                                "add",
                                "-r",
                                "-Q",
                                "-n",
                                "-H",
                                "--cid-version=1",
                                "--max-file-links=174",
                                folder.resolve("pictures").toString())
                        .getLast())
                .isEqualTo(cid);
        assertThat(kubo.run("pin", "ls", "--type=recursive")).contains(cid + " recursive");
        assertThat(dream("ls", cid).outLines()).hasSize(3).anyMatch(line -> line.endsWith(" sub"));
        assertThat(dream("get", cid, "--out", "copy").status()).isZero();
        assertThat(folder.resolve("copy/sub/large")).hasSameBinaryContentAs(folder.resolve("pictures/sub/large"));
        assertThat(dream("get", cid + "/small", "--out", "one").status()).isZero();
        assertThat(folder.resolve("one")).hasSameBinaryContentAs(folder.resolve("pictures/small"));
    }

    @Test
    void aLargeFolderThatKuboSpreadIsRead() throws Exception {
        Files.createDirectories(folder.resolve("many"));
        for (int i = 0; i < 3_000; i++) {
            Files.writeString(folder.resolve("many/" + "a-long-name-for-a-file-".repeat(4) + i), Integer.toString(i));
        }
        String cid = kubo.run(
                        "add",
                        "-r",
                        "-Q",
                        "--cid-version=1",
                        folder.resolve("many").toString())
                .getLast();
        assertThat(dream("ls", cid).outLines()).hasSize(3_001);
        assertThat(dream("get", cid + "/" + "a-long-name-for-a-file-".repeat(4) + 2_999)
                        .out())
                .isEqualTo("2999");
        assertThat(dream("get", cid + "/none").status()).isEqualTo(40);
    }

    @Test
    void pinsAndGarbageAreKubos() throws Exception {
        String cid = put("pictures");
        assertThat(dream("pin", "ls").outLines()).contains(cid);
        assertThat(dream("pin", "rm", cid).out()).isEqualTo(cid + "\n");
        assertThat(kubo.run("pin", "ls", "--type=recursive")).doesNotContain(cid + " recursive");
        DreamRun dry = dream("gc", "--dry-run", "--json");
        assertThat(dry.out()).startsWith("{\"dryRun\":true,\"blocks\":");
        assertThat(dream("get", cid + "/small").status()).isZero();
        assertThat(dream("gc").out()).matches("freed \\d+ blocks, .*\n");
        assertThat(dream("gc").out()).isEqualTo("nothing to free\n");
        assertThat(dream("get", cid + "/small").status()).isEqualTo(40);
        assertThat(dream("pin", "add", cid).status()).isEqualTo(40);
    }

    @Test
    void carsAreKubosToo() throws Exception {
        String cid = put("pictures");
        assertThat(dream("car", "export", cid, "out.car").status()).isZero();
        assertThat(DreamRun.in(folder, "car", "import", "out.car", "--data", "other")
                        .out())
                .isEqualTo(cid + "\n");
        dream("pin", "rm", cid);
        dream("gc");
        byte[] car = Files.readAllBytes(folder.resolve("out.car"));
        Files.write(folder.resolve("part.car"), Arrays.copyOf(car, car.length / 2));
        assertThat(dream("car", "import", "part.car").status()).isEqualTo(83);
        assertThat(dream("pin", "ls").outLines()).doesNotContain(cid);
        assertThat(dream("car", "import", "out.car").out()).isEqualTo(cid + "\n");
        assertThat(kubo.run("pin", "ls", "--type=recursive")).contains(cid + " recursive");
    }

    @Test
    void aCacheBeforeKuboSendsAndFetches() throws Exception {
        String tiers = "tiers:embedded," + kubo.store();
        DreamRun put = DreamRun.in(folder, "put", "pictures", "--store", tiers);
        assertThat(put.status()).as(put.err()).isZero();
        String cid = put.outLines().getFirst();
        assertThat(kubo.run("pin", "ls", "--type=recursive")).contains(cid + " recursive");

        String lying = "tiers:embedded,gateway:http://127.0.0.1:";
        HttpServer liar = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        liar.createContext("/", exchange -> {
            byte[] lie = "something else".getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, lie.length);
            exchange.getResponseBody().write(lie);
            exchange.close();
        });
        liar.start();
        try {
            lying += liar.getAddress().getPort();
            assertThat(DreamRun.in(folder, "get", cid, "--out", "x", "--data", "two", "--store", lying)
                            .status())
                    .isEqualTo(92);
            DreamRun get = DreamRun.in(
                    folder, "get", cid, "--out", "copy", "--data", "two", "--store", lying + "," + kubo.gateway());
            assertThat(get.status()).as(get.err()).isZero();
        } finally {
            liar.stop(0);
        }
        assertThat(folder.resolve("copy/sub/large")).hasSameBinaryContentAs(folder.resolve("pictures/sub/large"));
    }

    @Test
    void aNodeThatDiesOrIsNoneIsNamed() throws Exception {
        try (KuboNode mortal = KuboNode.start(folder.resolve("repository"))) {
            store = mortal.store();
            String before = put("pictures/small");
            mortal.kill();
            for (String[] command : new String[][] {
                {"put", "pictures"}, {"put", "pictures/small"}, {"get", before, "--out", "x"}, {"pin", "ls"}, {"gc"}
            }) {
                DreamRun run = dream(command);
                assertThat(run.status()).as(run.err()).isEqualTo(90);
                assertThat(run.err()).contains("Kubo at 127.0.0.1:").hasLineCount(1);
            }
            mortal.startDaemon();
            store = mortal.store();
            assertThat(dream("get", before, "--out", "x").status()).isZero();
            store = mortal.gateway().replace("gateway:", "ipfs:");
            assertThat(dream("put", "pictures/small").status()).isEqualTo(92);
        }
    }

    @Test
    void privateImagesAreSealedInKubo() {
        DreamRun made = DreamRun.generate(folder, "a diary", "--private", "--out", "diary.png", "--store", store);
        String cid = made.value("CID").replaceAll(",.*", "");
        assertThat(dream("get", cid, "--out", "opened.png").status()).isZero();
        assertThat(folder.resolve("opened.png")).hasSameBinaryContentAs(folder.resolve("diary.png"));
        assertThat(dream("get", cid, "--out", "x.png", "--data", "other").status())
                .isEqualTo(82);
    }
}
