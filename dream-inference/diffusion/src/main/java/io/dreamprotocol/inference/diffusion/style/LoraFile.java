package io.dreamprotocol.inference.diffusion.style;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.weights.SafetensorsFile;
import io.dreamprotocol.inference.diffusion.weights.StoredTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Reads the layers of a LoRA file. Every tensor of the file becomes a part of one, or the file is refused. */
final class LoraFile {
    /** More than the square matrices of any model have. */
    private static final int MAX_RANK = 1 << 14;

    private final SafetensorsFile file;
    private final AdapterAlphas alphas;

    private LoraFile(SafetensorsFile file) {
        this.file = file;
        this.alphas = AdapterAlphas.of(file);
    }

    static List<LowRankLayer> read(SafetensorsFile file) {
        return new LoraFile(file).layers();
    }

    private record LayerId(ModelPart part, String name) {}

    private List<LowRankLayer> layers() {
        Map<LayerId, Map<LoraKey.Role, StoredTensor>> found = new LinkedHashMap<>();
        List<String> foreign = new ArrayList<>();
        for (StoredTensor tensor : file.tensors().values()) {
            Optional<LoraKey> key = LoraKey.parse(tensor.name());
            if (key.isEmpty()) {
                foreign.add(tensor.name());
                continue;
            }
            StoredTensor other = found.computeIfAbsent(
                            new LayerId(key.get().part(), key.get().layer()), id -> new EnumMap<>(LoraKey.Role.class))
                    .put(key.get().role(), tensor);
            if (other != null) {
                throw corrupt("has both " + shown(other.name()) + " and " + shown(tensor.name()));
            }
        }
        if (!foreign.isEmpty()) {
            throw ForeignEntries.error(file.path(), foreign);
        }
        if (found.isEmpty()) {
            throw corrupt("has no tensors");
        }
        List<LowRankLayer> layers = new ArrayList<>();
        found.forEach((id, tensors) -> layers.add(layer(id, tensors)));
        return List.copyOf(layers);
    }

    private LowRankLayer layer(LayerId id, Map<LoraKey.Role, StoredTensor> tensors) {
        StoredTensor downTensor = required(id, tensors, LoraKey.Role.DOWN, "down (or A)");
        StoredTensor upTensor = required(id, tensors, LoraKey.Role.UP, "up (or B)");
        StoredTensor mid = tensors.get(LoraKey.Role.MID);
        Factor down = Factor.read(file, downTensor);
        Factor up = Factor.read(file, upTensor);
        int rank = down.rows();
        if (mid != null) {
            down = throughMiddle(id, down, downTensor, mid);
        }
        if (rank > MAX_RANK || up.columns() != down.rows()) {
            throw corrupt("has factors of " + shown(id.name()) + " that do not fit each other: " + upTensor.shape()
                    + " and " + downTensor.shape());
        }
        if ((long) up.rows() * down.columns() > Integer.MAX_VALUE - 8) {
            throw corrupt("has a layer that is too large, " + shown(id.name()));
        }
        return new LowRankLayer(id.part(), id.name(), up, down, scale(id, tensors, rank));
    }

    private StoredTensor required(LayerId id, Map<LoraKey.Role, StoredTensor> tensors, LoraKey.Role role, String what) {
        StoredTensor tensor = tensors.get(role);
        if (tensor == null) {
            throw corrupt("lacks the factor " + what + " of " + shown(id.name()));
        }
        return tensor;
    }

    /** LoCon's three convolutions in a row: the middle one, which has the kernel, is multiplied into the first. */
    private Factor throughMiddle(LayerId id, Factor down, StoredTensor downTensor, StoredTensor midTensor) {
        Factor mid = Factor.read(file, midTensor);
        Shape shape = midTensor.shape();
        int rank = down.rows();
        if (downTensor.shape().elements() != (long) rank * downTensor.shape().dimension(1)
                || shape.rank() != 4
                || shape.dimension(1) != rank) {
            throw corrupt("has a middle factor of " + shown(id.name()) + " that does not fit the others: " + shape
                    + " and " + downTensor.shape());
        }
        int inputs = down.columns();
        int kernel = mid.columns() / rank;
        float[] first = down.toFloats();
        float[] middle = mid.toFloats();
        if ((long) mid.rows() * inputs * kernel > Integer.MAX_VALUE - 8) {
            throw corrupt("has a layer that is too large, " + shown(id.name()));
        }
        float[] product = new float[mid.rows() * inputs * kernel];
        for (int p = 0; p < mid.rows(); p++) {
            for (int q = 0; q < rank; q++) {
                for (int input = 0; input < inputs; input++) {
                    float factor = first[q * inputs + input];
                    for (int place = 0; place < kernel; place++) {
                        product[(p * inputs + input) * kernel + place] +=
                                middle[(p * rank + q) * kernel + place] * factor;
                    }
                }
            }
        }
        return Factor.of(mid.rows(), inputs * kernel, product);
    }

    private float scale(LayerId id, Map<LoraKey.Role, StoredTensor> tensors, int rank) {
        StoredTensor alpha = tensors.get(LoraKey.Role.ALPHA);
        if (alpha != null) {
            return (float) (number(alpha) / rank);
        }
        OptionalDouble scale = alphas.scale(new LoraKey(id.part(), id.name(), LoraKey.Role.ALPHA), rank);
        return (float) scale.orElse(1);
    }

    private double number(StoredTensor tensor) {
        if (tensor.elements() != 1) {
            throw corrupt(
                    "has " + shown(tensor.name()) + " of shape " + tensor.shape() + " where one number is needed");
        }
        ByteBuffer bytes = ByteBuffer.allocate(tensor.type().bytes()).order(ByteOrder.LITTLE_ENDIAN);
        return switch (tensor.type()) {
            case I64 -> {
                file.read(tensor, 0, bytes);
                yield bytes.getLong(0);
            }
            case I32 -> {
                file.read(tensor, 0, bytes);
                yield bytes.getInt(0);
            }
            default -> file.floats(tensor.name())[0];
        };
    }

    private CorruptDataException corrupt(String what) {
        return new CorruptDataException(
                ErrorCode.MODEL_FILE_CORRUPT, "The style model " + file.path() + " " + what + "; fetch it again");
    }

    private static String shown(String text) {
        return SafetensorsFile.shown(text);
    }
}
