package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.error.DreamException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;
import org.sqlite.jdbc4.JDBC4Connection;

/**
 * One connection to a SQLite file, with its prepared statements. Not thread-safe: one thread at a time uses it.
 *
 * <p>The connection stays in JDBC's autocommit mode and transactions are begun and ended by statements, because only {@code BEGIN
 * IMMEDIATE} takes the write lock before anything is read, and the driver's own transactions do not.
 */
final class Database implements AutoCloseable {
    /** Holds what a search of a hundred thousand style models looks at: 32 MiB, taken as they are needed. */
    private static final int CACHE_KIBIBYTES = 32 * 1024;

    private final Connection connection;
    private final Path file;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    private Database(Connection connection, Path file) {
        this.connection = connection;
        this.file = file;
    }

    /** What is done with a database, and may fail. */
    interface Action<T> {
        T run() throws SQLException;
    }

    /** Reads one row. */
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Opens a file, which must exist. */
    static Database open(Path file, Duration busyTimeout) {
        return connect(file, file, busyTimeout, false);
    }

    /** Makes a file, of which errors speak under the name that it will have. */
    static Database create(Path draft, Path named, Duration busyTimeout) {
        return connect(draft, named, busyTimeout, true);
    }

    private static Database connect(Path file, Path named, Duration busyTimeout, boolean create) {
        SQLiteConfig config = new SQLiteConfig();
        if (!create) {
            config.resetOpenMode(SQLiteOpenMode.CREATE);
        }
        config.setBusyTimeout((int) busyTimeout.toMillis());
        config.setGetGeneratedKeys(false);
        // As a URI, because the driver takes a question mark in a path for the start of options.
        String uri = file.toUri().toString();
        try {
            // Not through DriverManager, which would load every driver on the class path.
            Connection connection = new JDBC4Connection("jdbc:sqlite:" + uri, uri, config.toProperties());
            Database database = new Database(connection, named);
            try {
                // A commit is on the disk when it returns; on macOS only the full barrier makes sure of that.
                database.execute("PRAGMA synchronous=FULL");
                database.execute("PRAGMA fullfsync=ON");
                database.execute("PRAGMA cell_size_check=ON");
                database.execute("PRAGMA cache_size=-" + CACHE_KIBIBYTES);
                return database;
            } catch (SQLException e) {
                database.close();
                throw e;
            }
        } catch (SQLException e) {
            throw SqliteErrors.translate(e, named);
        }
    }

    /** From now on, a commit is on its way to the disk when it returns, which a killed process does not stop. */
    void giveUpDurability() {
        boolean unused = direct(() -> {
            execute("PRAGMA synchronous=OFF");
            return true;
        });
    }

    Path file() {
        return file;
    }

    /** Runs an action in one transaction that may write; it is undone if the action throws. */
    <T> T write(Action<T> action) {
        return transact("BEGIN IMMEDIATE", action);
    }

    /** Runs an action in one transaction that sees one state of the file. */
    <T> T read(Action<T> action) {
        return transact("BEGIN", action);
    }

    private <T> T transact(String begin, Action<T> action) {
        try {
            prepared(begin).execute();
            boolean committed = false;
            try {
                T result = action.run();
                prepared("COMMIT").execute();
                committed = true;
                return result;
            } finally {
                if (!committed) {
                    rollBack();
                }
            }
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private void rollBack() {
        try {
            prepared("ROLLBACK").execute();
        } catch (SQLException e) {
            // After some errors, such as a full disk, SQLite has rolled back already, and the first error is thrown
            // anyway.
            forgetStatements();
        }
    }

    private DreamException failure(SQLException e) {
        forgetStatements();
        return SqliteErrors.translate(e, file);
    }

    /** Prepares all statements anew when next used, because the driver closes a statement that fails. */
    private void forgetStatements() {
        for (PreparedStatement statement : statements.values()) {
            try {
                statement.close();
            } catch (SQLException e) {
                // It is of no use any more, closed or not.
            }
        }
        statements.clear();
    }

    /** Runs statements that neither take nor give anything. */
    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    /** Runs an action outside of any transaction, or in the one at hand. */
    <T> T direct(Action<T> action) {
        try {
            return action.run();
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** Changes rows; tells how many. */
    int update(String sql, @Nullable Object... parameters) throws SQLException {
        return bound(sql, parameters).executeUpdate();
    }

    /** Reads rows with a reader that is called for each, in order. */
    <T> List<T> query(String sql, Row<T> reader, @Nullable Object... parameters) throws SQLException {
        List<T> rows = new ArrayList<>();
        try (ResultSet result = bound(sql, parameters).executeQuery()) {
            while (result.next()) {
                rows.add(reader.read(result));
            }
        }
        return rows;
    }

    /** What is done with each of many things. */
    interface Each<T> {
        void run(T thing) throws SQLException;
    }

    /** Reads rows one by one, without keeping them. */
    void each(String sql, Each<ResultSet> reader, @Nullable Object... parameters) throws SQLException {
        try (ResultSet result = bound(sql, parameters).executeQuery()) {
            while (result.next()) {
                reader.run(result);
            }
        }
    }

    /** Reads the first row, if there is one. */
    <T> Optional<T> first(String sql, Row<T> reader, @Nullable Object... parameters) throws SQLException {
        try (ResultSet result = bound(sql, parameters).executeQuery()) {
            return result.next() ? Optional.of(reader.read(result)) : Optional.empty();
        }
    }

    private PreparedStatement bound(String sql, @Nullable Object... parameters) throws SQLException {
        PreparedStatement statement = prepared(sql);
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        return statement;
    }

    private PreparedStatement prepared(String sql) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        return statement;
    }

    @Override
    public void close() {
        forgetStatements();
        try {
            connection.close();
        } catch (SQLException e) {
            throw SqliteErrors.translate(e, file);
        }
    }
}
