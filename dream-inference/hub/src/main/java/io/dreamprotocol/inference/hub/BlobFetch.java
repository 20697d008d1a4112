package io.dreamprotocol.inference.hub;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Brings one file into the cache, from where an earlier attempt broke off.
 *
 * <p>What comes is taken only up to the size that the hub stated, and only if its digest is the stated one. Since a file's
 * parts may come from several answers, a digest that does not fit once leads to a second attempt from the beginning.
 */
final class BlobFetch {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

    private final PullContext context;
    private final RemoteFile file;
    private final Target target;
    private final LongConsumer listener;
    private final Retries retries;
    private final byte[] buffer = new byte[PullListener.REPORT_BYTES];
    private long reported = -1;

    /** Whether what has come may be of several answers. */
    private boolean mixed;

    /**
     * Prepares a fetch.
     *
     * @param context the pull
     * @param file the file
     * @param listener is told how many bytes are here
     */
    BlobFetch(PullContext context, RemoteFile file, LongConsumer listener) {
        this.context = context;
        this.file = file;
        this.listener = listener;
        this.target = context.target(file);
        this.retries = new Retries(context.settings(), target, context.cancellation());
    }

    /**
     * Fetches the file, unless it is in the cache. Waits where another process does so.
     *
     * @return what was found in it
     */
    ContentId.Result run() {
        HubCache cache = context.cache();
        report(0, true);
        BlobLock lock = cache.lockBlob(file.id(), context.cancellation(), this::progressOfOther);
        try {
            // A damaged blob is replaced when the new one is whole.
            ContentId.Result result = HubCache.check(cache.blob(file.id()), file, context.cancellation())
                    .filter(ContentId.Result::matches)
                    .orElseGet(this::fetch);
            report(file.size(), true);
            return result;
        } finally {
            lock.close();
        }
    }

    private long progressOfOther() {
        long present = context.cache().present(file);
        report(present, false);
        return present;
    }

    private void report(long bytes, boolean always) {
        if (bytes != reported && (always || Math.abs(bytes - reported) >= PullListener.REPORT_BYTES)) {
            reported = bytes;
            listener.accept(bytes);
        }
    }

    private ContentId.Result fetch() {
        try (PartFile part = PartFile.open(context.cache().part(file.id()))) {
            if (part.size() > file.size()) {
                part.restart(Optional.empty());
            }
            mixed = part.size() > 0;
            boolean startedOver = false;
            while (true) {
                ContentId.Result result = complete(part);
                if (result.matches()) {
                    part.finish(context.cache().blob(file.id()));
                    return result;
                }
                if (!mixed || startedOver) {
                    part.discard();
                    throw HubErrors.mismatch(
                            target,
                            "what came is " + result.found() + ", but the hub promises " + file.id()
                                    + "; nothing of it was kept");
                }
                startedOver = true;
                mixed = false;
                part.restart(Optional.empty());
            }
        }
    }

    private ContentId.Result complete(PartFile part) {
        while (part.size() < file.size()) {
            report(part.size(), true);
            try {
                receive(part);
            } catch (IOException e) {
                if (part.size() < file.size()) {
                    retries.failed(e);
                    mixed = part.size() > 0;
                }
            }
        }
        ContentId.Check check = file.id().check(file.size());
        part.read(check, buffer);
        return check.finish();
    }

    /** Asks once, for what is missing, and takes what comes. */
    private void receive(PartFile part) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        long offset = part.size();
        if (offset > 0) {
            headers.put("Range", "bytes=" + offset + "-");
            part.tag().ifPresent(tag -> headers.put("If-Range", tag));
        }
        try (Reply reply = context.http().get(target, headers, context.cancellation())) {
            requirePromise(reply);
            switch (reply.status()) {
                case 206 -> continueAt(part, reply, offset);
                case 416 -> {
                    part.restart(Optional.empty());
                    throw new BrokenException("the server does not have the rest");
                }
                default -> {
                    part.restart(reply.header("ETag"));
                    mixed = false;
                }
            }
            requireLength(reply, file.size() - part.size());
            take(part, reply.content());
        }
    }

    /** The hub repeats what it said when it listed the files. */
    private void requirePromise(Reply reply) {
        Optional<String> otherCommit = reply.hubHeader("X-Repo-Commit")
                .filter(text -> HubReference.isCommit(text) && !text.equals(context.commit()));
        if (otherCommit.isPresent()) {
            throw HubErrors.mismatch(target, "the hub answers for commit " + otherCommit.get());
        }
        Optional<String> tag = reply.hubHeader("X-Linked-Etag").or(() -> reply.hubHeader("ETag"));
        if (tag.isPresent() && file.id().contradicts(tag.get())) {
            throw HubErrors.mismatch(
                    target, "the hub now calls it " + Shown.of(tag.get()) + ", but listed it as " + file.id());
        }
        Optional<String> size = reply.hubHeader("X-Linked-Size");
        if (size.isPresent() && !size.get().equals(Long.toString(file.size()))) {
            throw HubErrors.mismatch(
                    target,
                    "the hub now says that it has " + Shown.of(size.get()) + " bytes, but listed it with "
                            + file.size());
        }
    }

    private void continueAt(PartFile part, Reply reply, long offset) throws BrokenException {
        Matcher range =
                CONTENT_RANGE.matcher(reply.header("Content-Range").orElse("").strip());
        if (!range.matches() || Long.parseLong(range.group(1)) != offset) {
            part.restart(Optional.empty());
            throw new BrokenException("the server sends another part than was asked for");
        }
        String total = range.group(3);
        if (!total.equals("*") && Long.parseLong(total) != file.size()) {
            throw HubErrors.mismatch(
                    target, "the server says that it has " + total + " bytes, but the hub listed " + file.size());
        }
        Optional<String> tag = part.tag();
        if (tag.isPresent()
                && reply.header("ETag").filter(now -> !now.equals(tag.get())).isPresent()) {
            part.restart(Optional.empty());
            throw new BrokenException("the server's file has changed");
        }
    }

    private void requireLength(Reply reply, long expected) {
        if (reply.length().orElse(expected) != expected) {
            throw HubErrors.mismatch(
                    target,
                    "the server announces " + reply.length().orElse(expected) + " bytes where " + expected
                            + " should come");
        }
    }

    private void take(PartFile part, InputStream content) throws IOException {
        SlowLine line = new SlowLine(context.settings().stallTimeout());
        while (part.size() < file.size()) {
            int read = content.read(buffer, 0, (int) Math.min(buffer.length, file.size() - part.size()));
            if (read < 0) {
                throw new BrokenException("the line was cut");
            }
            part.append(buffer, read);
            report(part.size(), false);
            retries.received(read);
            context.cancellation().throwIfStopped();
            line.received(read);
        }
        if (content.read() >= 0) {
            part.discard();
            throw HubErrors.mismatch(target, "more comes than the " + file.size() + " bytes that the hub listed");
        }
    }
}
