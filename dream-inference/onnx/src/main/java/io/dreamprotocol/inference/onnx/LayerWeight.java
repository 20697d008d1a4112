package io.dreamprotocol.inference.onnx;

import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.WeightLayout;
import java.util.Optional;

/**
 * Where a graph keeps the weight of a layer.
 *
 * @param layer the layer's name in the model's tree of modules
 * @param tensor the constant
 * @param shape output channels, input channels and kernel, whatever the constant's own order
 * @param layout the constant's order
 * @param obstacle why the weight cannot be changed, following "the layer's weight", or nothing if it can
 */
record LayerWeight(String layer, GraphTensor tensor, Shape shape, WeightLayout layout, Optional<String> obstacle) {}
