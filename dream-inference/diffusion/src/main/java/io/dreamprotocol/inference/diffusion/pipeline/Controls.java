package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The control pictures of one batch, whose residuals add up. */
final class Controls {
    private final List<Steering> steerings = new ArrayList<>();

    /** What the denoising network takes where nothing steers it; known after the first call of a control network. */
    private @Nullable Map<String, Tensor> nothing;

    private record Steering(ControlPicture picture, ControlNetwork.Batch batch) {}

    void add(ControlPicture picture, ControlNetwork.Batch batch) {
        steerings.add(new Steering(picture, batch));
    }

    /** Changes what the calls from now on are told. */
    void tell(Conditioning conditioning) {
        steerings.forEach(steering -> steering.batch.tell(conditioning));
    }

    /** Computes the residuals of one call; none if the model has no control networks. */
    Map<String, Tensor> residuals(float[] scaled, double at, int call, int calls, Cancellation cancellation) {
        Map<String, Tensor> sum = null;
        for (Steering steering : steerings) {
            double scale = steering.picture.scaleAt(call, calls);
            if (scale != 0 || (sum == null && nothing == null)) {
                Map<String, Tensor> residuals = steering.batch.residuals(scaled, at, scale, cancellation);
                sum = sum == null ? residuals : add(sum, residuals);
                if (scale == 0) {
                    nothing = residuals;
                }
            }
        }
        if (sum != null) {
            return sum;
        }
        return nothing == null ? Map.of() : nothing;
    }

    private static Map<String, Tensor> add(Map<String, Tensor> left, Map<String, Tensor> right) {
        Map<String, Tensor> sum = new HashMap<>();
        left.forEach((name, tensor) -> {
            float[] values = tensor.toFloats();
            Tensor other = right.get(name);
            if (other == null || !other.shape().equals(tensor.shape())) {
                throw new IllegalArgumentException("control networks of different shapes");
            }
            float[] others = other.toFloats();
            for (int i = 0; i < values.length; i++) {
                values[i] += others[i];
            }
            Tensor total = Tensor.zeros(tensor.type(), tensor.shape().toArray());
            total.put(0, values, 0, values.length);
            sum.put(name, total);
        });
        return sum;
    }
}
