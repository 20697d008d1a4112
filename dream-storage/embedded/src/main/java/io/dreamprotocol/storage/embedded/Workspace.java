package io.dreamprotocol.storage.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A folder for files that one open store is writing, beside a lock file that this process holds as long as it lives.
 *
 * <p>Whoever opens the store next takes the lock of a dead process, which the system has released, and deletes what it left.
 */
final class Workspace {
    /** What the names of all that is being written begin with. */
    static final String PREFIX = "w-";

    private static final String LOCK = ".lock";
    private static final String PROCESS = "io.dreamprotocol.storage.embedded.process";
    private static final AtomicInteger CREATED = new AtomicInteger();

    private final Path folder;
    private final Path lockFile;
    private final FileChannel channel;

    private Workspace(Path folder, Path lockFile, FileChannel channel) {
        this.folder = folder;
        this.lockFile = lockFile;
        this.channel = channel;
    }

    Path folder() {
        return folder;
    }

    static Workspace create(Path parent) throws IOException {
        while (true) {
            String name = ofThisProcess() + CREATED.incrementAndGet();
            Path lockFile = parent.resolve(name + LOCK);
            FileChannel channel;
            try {
                channel = FileChannel.open(lockFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (FileAlreadyExistsException e) {
                continue; // of a copy of this class that another class loader has
            }
            try {
                FileLock lock = channel.tryLock();
                // A cleaner may have taken the file for a dead process's before it was locked; then it is gone.
                if (lock != null && Files.exists(lockFile)) {
                    return new Workspace(Files.createDirectory(parent.resolve(name)), lockFile, channel);
                }
                channel.close();
            } catch (IOException e) {
                channel.close();
                Files.deleteIfExists(lockFile);
                throw e;
            }
        }
    }

    void delete() throws IOException {
        try (channel) {
            Folders.delete(folder);
            Files.deleteIfExists(lockFile);
        }
    }

    /** Deletes what dead processes left, as far as this process can: in a folder that can only be read, nothing. */
    static void clean(Path parent) throws IOException {
        if (!Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent)) {
            for (Path entry : entries) {
                String file = entry.getFileName().toString();
                String name = file.endsWith(LOCK) ? file.substring(0, file.length() - LOCK.length()) : file;
                // Opening and closing a lock file of this very process would give its lock up (POSIX locks do that).
                if (name.startsWith(PREFIX) && !name.startsWith(ofThisProcess())) {
                    clean(parent.resolve(name), parent.resolve(name + LOCK));
                }
            }
        }
    }

    private static void clean(Path folder, Path lockFile) {
        try {
            if (Files.exists(lockFile, LinkOption.NOFOLLOW_LINKS)) {
                cleanIfDead(folder, lockFile);
            } else {
                Folders.delete(folder);
            }
        } catch (IOException e) {
            // It is in nobody's way, and the rest may still be cleaned.
        }
    }

    private static void cleanIfDead(Path folder, Path lockFile) throws IOException {
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                Folders.delete(folder);
                Files.deleteIfExists(lockFile);
            }
        } catch (OverlappingFileLockException e) {
            // Another thread of this process is cleaning it.
        }
    }

    /**
     * Returns what the names of this process's workspaces begin with: the same for every copy of this class, since a lock is the
     * process's. The process id is no good for it, for processes in two containers may have the same one and share a folder.
     */
    private static String ofThisProcess() {
        String unique = Long.toString(System.currentTimeMillis(), 36) + "-" + Long.toString(System.nanoTime(), 36);
        System.getProperties().putIfAbsent(PROCESS, unique);
        return PREFIX + System.getProperty(PROCESS) + "-";
    }
}
