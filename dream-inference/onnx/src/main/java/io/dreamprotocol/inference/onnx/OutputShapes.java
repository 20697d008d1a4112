package io.dreamprotocol.inference.onnx;

import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What shapes a network gave in its last run, which tells those of the next run if that is given the same. Thread-safe. */
final class OutputShapes {
    private volatile @Nullable Run last;

    private record Run(Map<String, Shape> given, Map<String, Shape> gave) {}

    /** Returns the shapes of the wanted outputs if the last run was given tensors of the same shapes. */
    Optional<Map<String, Shape>> of(Map<String, Tensor> given, Set<String> wanted) {
        Run run = last;
        if (run == null || !run.gave.keySet().equals(wanted)) {
            return Optional.empty();
        }
        for (Map.Entry<String, Tensor> each : given.entrySet()) {
            Shape before = run.given.get(each.getKey());
            if (before == null || !before.equals(each.getValue().shape())) {
                return Optional.empty();
            }
        }
        return Optional.of(run.gave);
    }

    /** Notes what a run was given and gave. */
    void note(Map<String, Tensor> given, Map<String, Tensor> gave) {
        last = new Run(shapes(given), shapes(gave));
    }

    void forget() {
        last = null;
    }

    private static Map<String, Shape> shapes(Map<String, Tensor> tensors) {
        Map<String, Shape> shapes = new HashMap<>();
        tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return Map.copyOf(shapes);
    }
}
