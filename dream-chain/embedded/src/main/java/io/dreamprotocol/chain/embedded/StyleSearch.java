package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.rules.SearchRules;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleQuery;
import io.dreamprotocol.core.style.StyleQuery.Order;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One search for style models, as SQL.
 *
 * <p>SQLite keeps no statistics here, so the statement says which way to go. The index of words is in the order of age, which answers
 * the simplest searches. Else few hits are looked up and sorted. With many, the models are walked in the order asked for: the first
 * ones are looked at one by one, which is enough if nearly all of them are hits, or if the other conditions leave few; if not, the
 * hits are made a set, and the walk goes on until enough models are in it.
 */
final class StyleSearch {
    /** Up to this many hits, looking up each is faster than walking the models. */
    private static final int FEW = 3000;

    private static final String MATCHING = "style_words MATCH ?";

    private final Database database;
    private final StyleTables tables;
    private final StyleQuery query;
    private final List<String> conditions = new ArrayList<>();
    private final List<Object> parameters = new ArrayList<>();

    private StyleSearch(Database database, StyleTables tables, StyleQuery query) {
        this.database = database;
        this.tables = tables;
        this.query = query;
    }

    /** Returns the models of a page, in the query's order. */
    static List<StyleModel> run(Database database, StyleTables tables, StyleQuery query) throws SQLException {
        return new StyleSearch(database, tables, query).run();
    }

    private List<StyleModel> run() throws SQLException {
        String match = match(SearchRules.words(query.words()));
        boolean throughWords = !match.isEmpty() && (isByAgeAlone() || areFew(match));
        String id = throughWords ? "w.rowid" : "s.id";
        if (throughWords) {
            require("w." + MATCHING, match);
        }
        query.kind().map(StyleKind::id).ifPresent(kind -> require("s.kind = ?", kind));
        query.architecture().ifPresent(architecture -> require("s.architecture = ?", architecture));
        query.maximumPrice().ifPresent(most -> require("s.price <= ?", StyleTables.sortable(most)));
        query.owner().ifPresent(owner -> require("s.owner = ?", owner.value()));
        if (query.after().isPresent()) {
            requireBehind(query.after().get(), id);
        }
        if (throughWords) {
            return select("w.rowid FROM style_words w CROSS JOIN styles s ON s.id = w.rowid", id, query.limit());
        }
        String walk = "s.id FROM styles s" + walked();
        if (match.isEmpty()) {
            return select(walk, id, query.limit());
        }
        int candidates = 2 * query.limit();
        List<StyleModel> first = select(walk, id, candidates);
        List<StyleModel> hits = first.stream()
                .filter(model -> SearchRules.matches(query, model))
                .limit(query.limit())
                .toList();
        if (hits.size() == query.limit() || first.size() < candidates) {
            return hits;
        }
        // The last condition, because SQLite then makes the set only if a model comes that far.
        require("s.id IN (SELECT rowid FROM style_words WHERE " + MATCHING + ")", match);
        return select(walk, id, query.limit());
    }

    private List<StyleModel> select(String what, String id, int limit) throws SQLException {
        List<Object> all = new ArrayList<>(parameters);
        all.add(limit);
        String sql = "SELECT " + what
                + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions))
                + " ORDER BY " + ordered(id) + " LIMIT ?";
        List<StyleModel> models = new ArrayList<>();
        for (long number : database.query(sql, row -> row.getLong(1), all.toArray())) {
            models.add(tables.style(new StyleId(number))
                    .orElseThrow(() -> SqliteErrors.corrupt(database.file(), "style model " + number + " is missing")));
        }
        return models;
    }

    /**
     * Returns the words as an expression of SQLite's full-text search: all of them, by their beginning. They have letters, digits and
     * marks only, so nothing in them is an operator.
     */
    static String match(Set<String> words) {
        return words.stream()
                .filter(word -> words.stream().noneMatch(other -> !other.equals(word) && other.startsWith(word)))
                .map(word -> "\"" + word + "\"*")
                .collect(Collectors.joining(" "));
    }

    private boolean isByAgeAlone() {
        return (query.order() == Order.OLDEST || query.order() == Order.NEWEST)
                && query.kind().isEmpty()
                && query.architecture().isEmpty()
                && query.maximumPrice().isEmpty()
                && query.owner().isEmpty();
    }

    private boolean areFew(String match) throws SQLException {
        String sql = "SELECT count(*) FROM (SELECT 1 FROM style_words WHERE " + MATCHING + " LIMIT ?)";
        return database.first(sql, row -> row.getInt(1), match, FEW + 1).orElse(0) <= FEW;
    }

    private void require(String condition, Object... values) {
        conditions.add(condition);
        parameters.addAll(List.of(values));
    }

    /** Asks for what comes behind a model, wherever that stands by now. */
    private void requireBehind(StyleId last, String id) throws SQLException {
        Place place = database.first(
                        "SELECT price, payers FROM styles WHERE id = ?",
                        row -> new Place(Bytes.of(row.getBytes(1)), row.getLong(2)),
                        last.number())
                .orElseThrow(() -> new NotFoundException(
                        ErrorCode.STYLE_NOT_FOUND,
                        "There is no style model " + last
                                + " on this ledger to continue behind; search from the start"));
        switch (query.order()) {
            case OLDEST -> require(id + " > ?", last.number());
            case NEWEST -> require(id + " < ?", last.number());
            case POPULAR -> {
                // The first part bounds the walk, which SQLite would not see in the second.
                require("s.payers <= ?", place.payers());
                require("(s.payers < ? OR s.id > ?)", place.payers(), last.number());
            }
            case CHEAPEST -> require("(s.price, s.id) > (?, ?)", place.price().toArray(), last.number());
        }
    }

    private String walked() {
        return switch (query.order()) {
            case OLDEST, NEWEST -> "";
            case POPULAR -> " INDEXED BY styles_by_payers";
            case CHEAPEST -> " INDEXED BY styles_by_price";
        };
    }

    private String ordered(String id) {
        return switch (query.order()) {
            case OLDEST -> id;
            case NEWEST -> id + " DESC";
            case POPULAR -> "s.payers DESC, s.id";
            case CHEAPEST -> "s.price, s.id";
        };
    }

    /** What decides on a model's place besides its age. */
    private record Place(Bytes price, long payers) {}
}
