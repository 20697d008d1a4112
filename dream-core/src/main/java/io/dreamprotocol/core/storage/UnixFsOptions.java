package io.dreamprotocol.core.storage;

/**
 * How files and folders are cut into blocks, in the words of {@code ipfs add}. The same bytes have another CID with other options.
 *
 * @param cidVersion the version of the CIDs of dag-pb blocks within other blocks, 0 or 1
 * @param rawLeaves whether a file's chunks are blocks as they are, or wrapped in dag-pb nodes
 * @param chunkBytes the size of every chunk but the last, 1 to {@link #MAX_CHUNK_BYTES}
 */
public record UnixFsOptions(int cidVersion, boolean rawLeaves, int chunkBytes) {
    /** The largest chunk: 1 MiB. */
    public static final int MAX_CHUNK_BYTES = 1 << 20;

    /** What {@code ipfs add --cid-version=1} does, and every blob store. */
    public static final UnixFsOptions DEFAULT = new UnixFsOptions(1, true, UnixFsFile.CHUNK_BYTES);

    /** What {@code ipfs add --cid-version=0} does, as it was for the first years of IPFS. */
    public static final UnixFsOptions VERSION_0 = new UnixFsOptions(0, false, UnixFsFile.CHUNK_BYTES);

    /** Checks the parts. */
    public UnixFsOptions {
        if (cidVersion != 0 && cidVersion != 1) {
            throw new IllegalArgumentException("A CID has version 0 or 1, not " + cidVersion);
        }
        if (chunkBytes < 1 || chunkBytes > MAX_CHUNK_BYTES) {
            throw new IllegalArgumentException("A chunk has 1 to " + MAX_CHUNK_BYTES + " bytes, not " + chunkBytes);
        }
    }

    /**
     * Returns a root's CID as {@code ipfs add} prints it with these options.
     *
     * @param root the CID
     * @return the text of version 0 if that is the version and the block can have one, and else of version 1
     */
    public String textOf(Cid root) {
        return isVersion0(root) ? root.toTextOfVersion0() : root.toString();
    }

    /** Returns the binary form that links to a block have. */
    byte[] linkTo(Cid cid) {
        return isVersion0(cid) ? cid.toBytesOfVersion0() : cid.toBytes().toArray();
    }

    private boolean isVersion0(Cid cid) {
        return cidVersion == 0 && cid.codec() == Cid.Codec.DAG_PB;
    }
}
