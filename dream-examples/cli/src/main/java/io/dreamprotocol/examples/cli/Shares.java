package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.Share;
import io.dreamprotocol.core.style.SplitTable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** Shares as people write them: per cent with two decimals at most, as {@code 12.5}, or parts of 10,000, as {@code 1250p}. */
final class Shares {
    private static final String PARTS = "p";
    private static final int MAX_SHOWN = 40;

    private Shares() {}

    /** Reads one share. */
    static int parts(String text) {
        String number = text.strip();
        boolean parts = number.endsWith(PARTS);
        String digits = parts || number.endsWith("%") ? number.substring(0, number.length() - 1) : number;
        if (!digits.matches("[0-9]{1,5}(\\.[0-9]{1,2})?") || (parts && digits.contains("."))) {
            throw wrong("Not a share: '" + PrintableText.oneLine(text, MAX_SHOWN)
                    + "'; write per cent, as 12.5, or parts of " + Share.WHOLE + ", as 1250p");
        }
        int value = new BigDecimal(digits).movePointRight(parts ? 0 : 2).intValueExact();
        if (value > Share.WHOLE) {
            throw wrong("A share is at most 100 per cent, and this is more: '" + PrintableText.oneLine(text, MAX_SHOWN)
                    + "'");
        }
        return value;
    }

    /** Returns a share in per cent. */
    static String text(int parts) {
        return BigDecimal.valueOf(parts, 2).stripTrailingZeros().toPlainString() + " %";
    }

    /** Reads a split table, such as {@code owner=70,contributors=20,ed25519:...=10}; what is missing to the whole is the owner's. */
    static SplitTable split(String text, MarketRun run) {
        int owner = -1;
        int contributors = 0;
        List<Share> others = new ArrayList<>();
        for (String item : text.split(",", -1)) {
            int equals = item.lastIndexOf('=');
            if (equals < 1) {
                throw wrong("Not a part of a split: '" + PrintableText.oneLine(item, MAX_SHOWN)
                        + "'; write for example owner=70,contributors=30");
            }
            String who = item.substring(0, equals).strip();
            int parts = parts(item.substring(equals + 1));
            switch (who) {
                case "owner" -> owner = parts;
                case "contributors" -> contributors = parts;
                default -> others.add(new Share(run.account(who), parts));
            }
        }
        int given = contributors + others.stream().mapToInt(Share::parts).sum();
        return new SplitTable(owner < 0 ? Math.max(0, Share.WHOLE - given) : owner, others, contributors);
    }

    /** Reads a parent with its share, such as {@code mini=10}. */
    static Parent parent(String text, MarketRun run) {
        int equals = text.lastIndexOf('=');
        if (equals < 1) {
            throw wrong("Not a parent with its share: '" + PrintableText.oneLine(text, MAX_SHOWN)
                    + "'; write for example mini=10");
        }
        return new Parent(run.style(text.substring(0, equals).strip()).id(), parts(text.substring(equals + 1)));
    }

    private static InvalidInputException wrong(String message) {
        return new InvalidInputException(ErrorCode.INVALID_SHARES, message);
    }
}
