package io.dreamprotocol.storage.ipfs;

import java.util.Locale;

/** The node has understood a call and says in its own words why it did not do it. */
final class KuboRefusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final String words;

    KuboRefusal(String words) {
        super(words);
        this.words = words.toLowerCase(Locale.ROOT);
    }

    boolean says(String part) {
        return words.contains(part);
    }

    /** The node has no other sign for a block that it does not have than its words. */
    boolean saysNotFound() {
        return says("could not find") || says("not found") || says("context deadline exceeded");
    }
}
