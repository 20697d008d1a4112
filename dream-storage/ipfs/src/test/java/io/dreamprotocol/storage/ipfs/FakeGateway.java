package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.storage.CarWriter;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A gateway that has one file, and answers its two formats as it should. */
final class FakeGateway implements ScriptedServer.Script {
    private final Map<String, byte[]> answers = new HashMap<>();

    FakeGateway(byte[] content) {
        Map<Cid, byte[]> blocks = new LinkedHashMap<>();
        try {
            Cid root = UnixFsFile.write(new ByteArrayInputStream(content), (cid, block) -> {
                byte[] bytes = new byte[block.remaining()];
                block.get(bytes);
                blocks.put(cid, bytes);
            });
            ByteArrayOutputStream car = new ByteArrayOutputStream();
            CarWriter writer = new CarWriter(car, List.of(root));
            writer.accept(root, ByteBuffer.wrap(blocks.get(root)));
            for (Cid cid : blocks.keySet()) {
                if (!cid.equals(root)) {
                    writer.accept(cid, ByteBuffer.wrap(blocks.get(cid)));
                }
            }
            blocks.forEach((cid, bytes) -> answers.put("/ipfs/" + cid + "?format=raw", bytes));
            answers.put("/ipfs/" + root + "?format=car", car.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void answer(ScriptedServer.Exchange exchange) throws IOException {
        byte[] answer = answer(exchange.target);
        exchange.reply(answer == null ? 404 : 200, answer == null ? new byte[0] : answer);
    }

    byte[] answer(String target) {
        return answers.get(target);
    }
}
