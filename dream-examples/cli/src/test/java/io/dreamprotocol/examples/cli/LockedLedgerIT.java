package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger that something else holds for longer than the command waits. */
final class LockedLedgerIT {
    @TempDir
    Path folder;

    @Test
    void isOneLineAndAStatus() throws Exception {
        DreamRun.in(folder, "wallet");
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("data/ledger.db"));
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");

            DreamRun run = DreamRun.in(folder, "wallet", "deposit", "1");

            assertThat(run.status()).isEqualTo(32);
            assertThat(run.err()).startsWith("dream: ").hasLineCount(1);
        }
    }
}
