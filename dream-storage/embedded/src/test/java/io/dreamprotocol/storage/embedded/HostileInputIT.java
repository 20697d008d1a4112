package io.dreamprotocol.storage.embedded;

/** The same with a DAG that is a million blocks deep. */
class HostileInputIT extends HostileInputTest {
    @Override
    int depth() {
        return 1_000_000;
    }
}
