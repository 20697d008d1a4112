package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.image.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoreCommandsTest {
    @TempDir
    Path folder;

    @Test
    void whatIsPutComesBack() throws IOException {
        byte[] content = new byte[300_000];
        new Random(1).nextBytes(content);
        Files.write(folder.resolve("blob"), content);

        String cid = DreamRun.in(folder, "put", "blob").outLines().getFirst();
        DreamRun run = DreamRun.in(folder, "get", cid, "--out", "copy");

        assertThat(cid).startsWith("bafybei");
        assertThat(run.out()).isEqualTo(folder.resolve("copy") + "\n");
        assertThat(folder.resolve("copy")).hasBinaryContent(content);
    }

    @Test
    void withoutAFileTheBytesGoToTheOutput() throws IOException {
        Files.writeString(folder.resolve("note"), "hello\n");

        String cid = DreamRun.in(folder, "put", "note").outLines().getFirst();

        assertThat(cid).isEqualTo("bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am");
        assertThat(DreamRun.in(folder, "get", cid).out()).isEqualTo("hello\n");
    }

    @Test
    void aTerminalGetsNoBytes() {
        Terminal.Abilities terminal = new Terminal.Abilities(true, true, 80, 24, true, true);

        DreamRun run = DreamRun.with(
                terminal,
                folder,
                new Cancellation(),
                "get",
                "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am");

        assertThat(run.status()).isEqualTo(2);
    }
}
