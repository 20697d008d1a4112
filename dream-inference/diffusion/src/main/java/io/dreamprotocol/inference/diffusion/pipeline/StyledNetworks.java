package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.style.StyleChanges;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;

/**
 * The networks of a model under a set of styles. Those that the set leaves alone are the model's own.
 *
 * @param textEncoders the text encoders
 * @param unet the denoising network
 * @param own the networks that are not the model's, which are closed with this
 * @param bytes about how much memory those need
 */
record StyledNetworks(TextEncoders textEncoders, DenoisingNetwork unet, List<Network> own, long bytes)
        implements AutoCloseable {

    /** Makes the networks, all at the same time. */
    static StyledNetworks of(TextEncoders textEncoders, DenoisingNetwork unet, StyleSet set, ParallelLoading making) {
        Set<ModelPart> parts = EnumSet.of(ModelPart.UNET);
        textEncoders.each().forEach(encoder -> parts.add(encoder.part()));
        StyleChanges.requireParts(set.styles(), parts);

        Future<DenoisingNetwork> styledUnet = making.begin(() -> unet.with(set, making));
        List<Future<TextEncoder>> styledEncoders = new ArrayList<>();
        for (TextEncoder encoder : textEncoders.each()) {
            styledEncoders.add(making.begin(() -> encoder.with(set, making)));
        }
        TextEncoders encoders =
                new TextEncoders(styledEncoders.stream().map(making::await).toList());
        DenoisingNetwork denoising = making.await(styledUnet);

        long bytes = denoising.equals(unet) ? 0 : denoising.storedBytes();
        for (int i = 0; i < encoders.each().size(); i++) {
            TextEncoder encoder = encoders.each().get(i);
            bytes += encoder.equals(textEncoders.each().get(i)) ? 0 : encoder.storedBytes();
        }
        return new StyledNetworks(encoders, denoising, making.keep(), bytes);
    }

    @Override
    public void close() {
        own.forEach(Network::close);
    }
}
