package io.dreamprotocol.core.contributor;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.encoding.Varint;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.style.Contribution;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Contributions one behind the other, each as the account and the weight's varint. An account is a zero byte and the 32 bytes of
 * an Ed25519 key, or the length of its text and the text.
 */
final class EncodedContributions {
    private static final String ED25519 = "ed25519:";
    private static final Pattern KEY = Pattern.compile("ed25519:[0-9a-f]{64}");
    private static final int KEY_BYTES = 32;
    private static final int MAX_TEXT = 128;
    private static final int MAX_VARINT = 9;

    private final byte[] bytes;
    /** Where each one begins, and at last where they end. */
    private final int[] offsets;

    private EncodedContributions(byte[] bytes, int[] offsets) {
        this.bytes = bytes;
        this.offsets = offsets;
    }

    static final class Writer {
        private int[] offsets = new int[1024];
        private byte[] bytes = new byte[36 * 1024];
        private int count;
        private int end;

        void add(Contribution contribution) {
            ByteArrayOutputStream one = new ByteArrayOutputStream(48);
            String account = contribution.account().value();
            if (KEY.matcher(account).matches()) {
                one.write(0);
                one.writeBytes(
                        Bytes.fromHex(account.substring(ED25519.length())).toArray());
            } else {
                one.write(account.length());
                one.writeBytes(account.getBytes(StandardCharsets.US_ASCII));
            }
            Varint.write(contribution.weight(), one);
            append(one.toByteArray(), one.size());
        }

        void append(byte[] encoded, int length) {
            int after = Math.addExact(end, length);
            if (after > bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8L, 3L * after / 2));
            }
            if (count + 1 == offsets.length) {
                offsets = Arrays.copyOf(offsets, 2 * offsets.length);
            }
            System.arraycopy(encoded, 0, bytes, end, length);
            end = after;
            offsets[++count] = end;
        }

        EncodedContributions finish() {
            return new EncodedContributions(Arrays.copyOf(bytes, end), Arrays.copyOf(offsets, count + 1));
        }
    }

    static EncodedContributions read(DataInputStream in, int size) throws IOException {
        Writer writer = new Writer();
        byte[] one = new byte[1 + MAX_TEXT + MAX_VARINT];
        String previous = "";
        for (int i = 0; i < size; i++) {
            int length = readOne(in, one);
            writer.append(one, length);
            Contribution contribution = decode(one, 0, length);
            String account = contribution.account().value();
            if (account.compareTo(previous) <= 0) {
                throw malformed("its accounts are not in order, each once");
            }
            previous = account;
        }
        return writer.finish();
    }

    private static int readOne(DataInputStream in, byte[] target) throws IOException {
        int length = 0;
        int head = next(in);
        target[length++] = (byte) head;
        int account = head == 0 ? KEY_BYTES : head;
        if (account > MAX_TEXT || in.readNBytes(target, length, account) < account) {
            throw malformed("it ends early, or has an account that is too long");
        }
        length += account;
        int part;
        do {
            if (length == target.length) {
                throw malformed("a weight is too large");
            }
            part = next(in);
            target[length++] = (byte) part;
        } while (part >= 0x80);
        return length;
    }

    private static int next(DataInputStream in) throws IOException {
        int value = in.read();
        if (value < 0) {
            throw malformed("it ends early");
        }
        return value;
    }

    private static Contribution decode(byte[] bytes, int from, int to) {
        int head = bytes[from] & 0xFF;
        int account = head == 0 ? KEY_BYTES : head;
        int weightAt = from + 1 + account;
        String text = head == 0
                ? ED25519
                        + Bytes.of(Arrays.copyOfRange(bytes, from + 1, weightAt))
                                .toHex()
                : new String(bytes, from + 1, account, StandardCharsets.US_ASCII);
        if (head != 0 && KEY.matcher(text).matches()) {
            throw malformed("an account is not in its shortest form");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, weightAt, to - weightAt);
        long weight = Varint.read(in);
        if (weight < 1 || in.hasRemaining()) {
            throw malformed("a weight is not 1 or above");
        }
        try {
            return new Contribution(new AccountId(text), weight);
        } catch (IllegalArgumentException e) {
            throw new CorruptDataException(
                    ErrorCode.MALFORMED_DATA, "Not a contributors' list: an account is malformed", e);
        }
    }

    int size() {
        return offsets.length - 1;
    }

    Contribution get(int index) {
        return decode(bytes, offsets[index], offsets[index + 1]);
    }

    /** Returns an account's place, or a negative number. */
    int indexOf(AccountId account) {
        int low = 0;
        int high = size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = get(middle).account().compareTo(account);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    InputStream behind(byte[] head) {
        return new SequenceInputStream(new ByteArrayInputStream(head), new ByteArrayInputStream(bytes));
    }

    static CorruptDataException malformed(String what) {
        return new CorruptDataException(ErrorCode.MALFORMED_DATA, "Not a contributors' list: " + what);
    }
}
