package io.dreamprotocol.storage.embedded;

/** Pins, garbage collection, quota, verification and repair where every block goes to a pack, and a blob to several. */
class PackedBlobStoreGarbageTest extends FileBlobStoreGarbageTest {
    @Override
    BlobWrite.PackSizes sizes() {
        return PackedBlobStoreContractTest.ALWAYS;
    }
}
