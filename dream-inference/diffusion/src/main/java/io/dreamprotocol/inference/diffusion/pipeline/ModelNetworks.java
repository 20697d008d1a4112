package io.dreamprotocol.inference.diffusion.pipeline;

import java.util.Map;

/**
 * The networks of a model that requests use.
 *
 * @param textEncoders the text encoders
 * @param unet the denoising network
 * @param decoder what turns latents into pictures
 * @param encoder what turns pictures into latents
 * @param controls the control networks by name
 * @param refiner the denoising network that may take over
 */
record ModelNetworks(
        TextEncoders textEncoders,
        DenoisingNetwork unet,
        VaeDecoder decoder,
        VaeEncoder encoder,
        Map<String, ControlNetwork> controls,
        Refiner refiner)
        implements AutoCloseable {

    @Override
    public void close() {
        textEncoders.close();
        unet.close();
        decoder.close();
        encoder.close();
        controls.values().forEach(ControlNetwork::close);
        refiner.close();
    }
}
