package io.dreamprotocol.core.contributor;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads contributions from comma-separated values (RFC 4180, UTF-8), row by row, so that the file may have any length.
 *
 * <p>A file has one of these forms, in all its rows:
 *
 * <ul>
 *   <li>{@code account,weight}: what an account counts;
 *   <li>{@code image,account}: an image, which counts one for its account;
 *   <li>{@code image,account,weight}: an image that counts more or less than others.
 * </ul>
 *
 * <p>A first row that names the columns is read as such, and then they may stand in any order; otherwise the form follows from
 * the first row. Rows of one account are added up. An image that is listed twice counts twice, for this looks at no image;
 * {@link ContributionFolder} does.
 */
public final class ContributionCsv {
    /** The most rows: one hundred million. */
    public static final long MAX_ROWS = 100_000_000;

    private static final String ACCOUNT = "account";
    private static final String WEIGHT = "weight";
    private static final String IMAGE = "image";
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,19}");
    private static final Pattern SIGNED = Pattern.compile("[-+]?[0-9.eE+-]+");
    private static final Pattern ED25519 = Pattern.compile("ed25519:[0-9a-f]{64}");

    private final CsvReader rows;
    private int imageAt = -1;
    private int accountAt = -1;
    private int weightAt = -1;
    private int columns;

    private ContributionCsv(CsvReader rows) {
        this.rows = rows;
    }

    /** Takes the rows one by one. */
    @FunctionalInterface
    interface Sink {
        void accept(Optional<String> image, AccountId account, long weight, CsvReader at);
    }

    /**
     * Reads a file.
     *
     * @param csv its bytes, read to the end; not closed
     * @return the list
     * @throws IOException if reading fails
     * @throws InvalidInputException with {@code invalid-contributions}, naming the line, if a row is malformed, an account is
     *     none, or a weight is no whole number from 1 to 2^63 - 1; also if there is no row, or the weights overflow together
     */
    public static ContributionList read(InputStream csv) throws IOException {
        ContributionList.Builder builder = ContributionList.builder();
        forEach(csv, (image, account, weight, at) -> {
            try {
                builder.add(account, weight);
            } catch (InvalidInputException e) {
                throw at.wrong(e.getMessage());
            }
        });
        return builder.build();
    }

    static void forEach(InputStream csv, Sink sink) throws IOException {
        CsvReader rows = new CsvReader(csv);
        ContributionCsv reader = new ContributionCsv(rows);
        List<String> row = rows.next();
        if (row != null && reader.begin(row)) {
            row = rows.next();
        }
        for (long count = 1; row != null; count++) {
            if (count > MAX_ROWS) {
                throw rows.wrong("a file has at most " + MAX_ROWS + " rows");
            }
            reader.accept(row, sink);
            row = rows.next();
        }
    }

    /** Finds out where the columns are; tells whether the first row only names them. */
    private boolean begin(List<String> first) {
        columns = first.size();
        List<String> names = first.stream()
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .toList();
        if (names.contains(ACCOUNT)) {
            imageAt = names.indexOf(IMAGE);
            accountAt = names.indexOf(ACCOUNT);
            weightAt = names.indexOf(WEIGHT);
            if ((imageAt < 0 && weightAt < 0)
                    || names.stream().distinct().count() < columns
                    || names.stream()
                            .anyMatch(name -> !name.equals(IMAGE) && !name.equals(ACCOUNT) && !name.equals(WEIGHT))) {
                throw expected();
            }
            return true;
        }
        if (columns == 3) {
            imageAt = 0;
            accountAt = 1;
            weightAt = 2;
        } else if (columns == 2 && SIGNED.matcher(first.get(1).strip()).matches()) {
            accountAt = 0;
            weightAt = 1;
        } else if (columns == 2) {
            imageAt = 0;
            accountAt = 1;
        } else {
            throw expected();
        }
        return false;
    }

    private InvalidInputException expected() {
        return rows.wrong("the columns are account,weight or image,account or image,account,weight");
    }

    private void accept(List<String> row, Sink sink) {
        if (row.size() != columns) {
            throw rows.wrong("it has " + row.size() + " fields, and the first row has " + columns);
        }
        Optional<String> image = imageAt < 0 ? Optional.empty() : Optional.of(row.get(imageAt));
        long weight = weightAt < 0 ? 1 : weight(row.get(weightAt).strip());
        sink.accept(image, account(row.get(accountAt).strip()), weight, rows);
    }

    private AccountId account(String text) {
        return accountOf(text)
                .orElseThrow(() -> rows.wrong("'" + shortened(text)
                        + "' is no account; write for example ed25519: and the 64 digits of its key,"
                        + " in small letters"));
    }

    /** Reads an account, of which an Ed25519 one must be whole: nobody could ever claim what a shortened one is owed. */
    static Optional<AccountId> accountOf(String text) {
        if (text.startsWith("ed25519:") && !ED25519.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new AccountId(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private long weight(String text) {
        if (NUMBER.matcher(text).matches()) {
            try {
                long weight = Long.parseLong(text);
                if (weight > 0) {
                    return weight;
                }
            } catch (NumberFormatException e) {
                throw rows.wrong("the weight " + text + " is larger than " + Long.MAX_VALUE);
            }
        }
        throw rows.wrong("'" + shortened(text) + "' is no weight; write a whole number of 1 or above");
    }

    private static String shortened(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .limit(80)
                .map(letter -> Character.isISOControl(letter) ? '?' : letter)
                .forEach(shown::appendCodePoint);
        return shown.toString();
    }
}
