package io.dreamprotocol.storage.embedded;

/** The same by the hundred. */
class StoreCrashIT extends StoreCrashTest {
    @Override
    int kills() {
        return Integer.getInteger("dream.kills", 100);
    }
}
