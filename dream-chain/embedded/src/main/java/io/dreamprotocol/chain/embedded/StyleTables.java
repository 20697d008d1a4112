package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.rules.OperatorApproval;
import io.dreamprotocol.core.rules.SearchRules;
import io.dreamprotocol.core.rules.StylePayer;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.PoolClaim;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleManifest;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleQuery;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tables of style models, their owners' approvals, licences and contributors. Called inside a transaction of the database. */
final class StyleTables {
    private static final int PRICE_BYTES = 16;
    private static final String WITH_MANIFEST = "SELECT b.body, m.body FROM style_bodies b"
            + " JOIN style_manifests m ON m.style = b.style WHERE b.style = ";

    private final Database database;
    private final Tables tables;

    StyleTables(Database database, Tables tables) {
        this.database = database;
        this.tables = tables;
    }

    Optional<StyleModel> style(StyleId id) throws SQLException {
        return database.first(WITH_MANIFEST + "?", this::model, id.number());
    }

    Optional<StyleModel> named(String name) throws SQLException {
        return database.first(WITH_MANIFEST + "(SELECT id FROM styles WHERE name = ?)", this::model, name);
    }

    Optional<StyleModel> ofFile(Bytes sha256) throws SQLException {
        return database.first(
                WITH_MANIFEST + "(SELECT id FROM styles WHERE file = ?)", this::model, (Object) sha256.toArray());
    }

    private StyleModel model(ResultSet row) throws SQLException {
        return tables.stored(() -> StyleForm.decode(row.getBytes(1), StyleManifest.decode(row.getBytes(2))));
    }

    /** Completes the stored form of a model by its manifest. */
    StyleModel decode(byte[] body) throws SQLException {
        StyleId id = StyleForm.id(body);
        byte[] manifest = database.first(
                        "SELECT body FROM style_manifests WHERE style = ?", row -> row.getBytes(1), id.number())
                .orElseThrow(() -> new IllegalArgumentException("the manifest of style model " + id + " is missing"));
        return StyleForm.decode(body, StyleManifest.decode(manifest));
    }

    List<StyleModel> search(StyleQuery query) throws SQLException {
        return StyleSearch.run(database, this, query);
    }

    /** Returns the numbers of all models, in their order. */
    List<Long> numbers() throws SQLException {
        return database.query("SELECT style FROM style_bodies ORDER BY style", row -> row.getLong(1));
    }

    /** Returns a model if it is what the search takes it for, and found by its name. */
    Optional<StyleModel> soundly(long number) throws SQLException {
        Optional<StyleModel> model = style(new StyleId(number));
        return model.isPresent() && isIndexed(model.get()) ? model : Optional.empty();
    }

    private boolean isIndexed(StyleModel model) throws SQLException {
        StyleManifest manifest = model.manifest();
        return database.first(
                        "SELECT 1 FROM styles WHERE id = ? AND name = ? AND file = ? AND owner = ? AND kind = ?"
                                + " AND architecture = ? AND price = ? AND payers = ? AND EXISTS"
                                + " (SELECT 1 FROM style_words WHERE style_words MATCH ? AND rowid = ?)",
                        row -> true,
                        model.id().number(),
                        manifest.name(),
                        manifest.principal().sha256().toArray(),
                        model.owner().value(),
                        manifest.kind().id(),
                        manifest.architecture(),
                        sortable(model.terms().price()),
                        model.usage().payers(),
                        StyleSearch.match(SearchRules.words(manifest.name())),
                        model.id().number())
                .isPresent();
    }

    StyleId next() throws SQLException {
        return new StyleId(database.first("SELECT max(id) FROM styles", row -> row.getLong(1))
                        .orElse(0L)
                + 1);
    }

    void put(StyleModel model) throws SQLException {
        long id = model.id().number();
        byte[] price = sortable(model.terms().price());
        int changed = database.update(
                "UPDATE styles SET owner = ?, price = ?, payers = ? WHERE id = ?",
                model.owner().value(),
                price,
                model.usage().payers(),
                id);
        if (changed == 0) {
            insert(model, price);
        }
        database.update("INSERT OR REPLACE INTO style_bodies (style, body) VALUES (?, ?)", id, StyleForm.encode(model));
    }

    private void insert(StyleModel model, byte[] price) throws SQLException {
        long id = model.id().number();
        StyleManifest manifest = model.manifest();
        database.update(
                "INSERT INTO styles (id, name, file, owner, kind, architecture, price, payers)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                id,
                manifest.name(),
                manifest.principal().sha256().toArray(),
                model.owner().value(),
                manifest.kind().id(),
                manifest.architecture(),
                price,
                model.usage().payers());
        database.update("INSERT INTO style_manifests (style, body) VALUES (?, ?)", id, manifest.encode());
        database.update(
                "INSERT INTO style_words (rowid, words) VALUES (?, ?)",
                id,
                String.join(" ", SearchRules.words(manifest)));
    }

    /** Returns an amount as 16 bytes, which SQLite compares as the amounts compare. */
    static byte[] sortable(Amount amount) {
        byte[] units = amount.units().toByteArray();
        // The sign may take a byte of its own.
        int used = Math.min(units.length, PRICE_BYTES);
        byte[] bytes = new byte[PRICE_BYTES];
        System.arraycopy(units, units.length - used, bytes, PRICE_BYTES - used, used);
        return bytes;
    }

    boolean isOperator(AccountId owner, AccountId operator) throws SQLException {
        return database.first(
                        "SELECT 1 FROM operators WHERE owner = ? AND operator = ?",
                        row -> true,
                        owner.value(),
                        operator.value())
                .isPresent();
    }

    void put(OperatorApproval approval) throws SQLException {
        database.update(
                approval.approved()
                        ? "INSERT OR IGNORE INTO operators (owner, operator) VALUES (?, ?)"
                        : "DELETE FROM operators WHERE owner = ? AND operator = ?",
                approval.owner().value(),
                approval.operator().value());
    }

    boolean hasPaid(StyleId style, AccountId payer) throws SQLException {
        return database.first(
                        "SELECT 1 FROM style_payers WHERE style = ? AND payer = ?",
                        row -> true,
                        style.number(),
                        payer.value())
                .isPresent();
    }

    /** Returns how many accounts paid for each model. */
    Map<Long, Long> payers() throws SQLException {
        Map<Long, Long> payers = new HashMap<>();
        database.each(
                "SELECT style, count(*) FROM style_payers GROUP BY style",
                row -> payers.put(row.getLong(1), row.getLong(2)));
        return payers;
    }

    void put(StylePayer payer) throws SQLException {
        database.update(
                "INSERT INTO style_payers (style, payer) VALUES (?, ?)",
                payer.style().number(),
                payer.payer().value());
    }

    Optional<Licence> licence(StyleId style, AccountId holder) throws SQLException {
        return database.first(
                "SELECT body FROM licences WHERE style = ? AND holder = ?",
                this::licence,
                style.number(),
                holder.value());
    }

    /** Returns the licences of a model, by account. */
    List<Licence> licences(StyleId style) throws SQLException {
        return database.query(
                "SELECT body FROM licences WHERE style = ? ORDER BY holder", this::licence, style.number());
    }

    /** Does something with every licence. */
    void eachLicence(Database.Each<Licence> action) throws SQLException {
        database.each("SELECT body FROM licences", row -> action.run(licence(row)));
    }

    private Licence licence(ResultSet row) throws SQLException {
        return tables.stored(() -> LicenceForm.decode(row.getBytes(1)));
    }

    void put(Licence licence) throws SQLException {
        database.update(
                "INSERT OR REPLACE INTO licences (style, holder, body) VALUES (?, ?, ?)",
                licence.style().number(),
                licence.holder().value(),
                LicenceForm.encode(licence));
    }

    Optional<PoolClaim> poolClaim(StyleId style, AccountId contributor) throws SQLException {
        return database.first(
                "SELECT claimed FROM pool_claims WHERE style = ? AND contributor = ?",
                row -> tables.stored(() -> new PoolClaim(style, contributor, Stored.amount(row.getString(1)))),
                style.number(),
                contributor.value());
    }

    /** Does something with what every contributor claimed. */
    void eachClaim(Database.Each<PoolClaim> action) throws SQLException {
        database.each(
                "SELECT style, contributor, claimed FROM pool_claims",
                row -> action.run(tables.stored(() -> new PoolClaim(
                        new StyleId(row.getLong(1)),
                        new AccountId(row.getString(2)),
                        Stored.amount(row.getString(3))))));
    }

    void put(PoolClaim claim) throws SQLException {
        database.update(
                "INSERT OR REPLACE INTO pool_claims (style, contributor, claimed) VALUES (?, ?, ?)",
                claim.style().number(),
                claim.contributor().value(),
                claim.claimed().toString());
    }
}
