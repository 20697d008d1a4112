package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.style.StyleChanges;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;

/**
 * The networks of a model under a set of styles. Those that the set leaves alone are the model's own.
 *
 * @param networks the networks that a request uses
 * @param own those of them that are not the model's, which are closed with this
 * @param later those of the networks that are loaded when they are first used, if they are not the model's
 * @param bytes about how much memory those need
 */
record StyledNetworks(ModelNetworks networks, List<Network> own, Optional<Later> later, long bytes)
        implements AutoCloseable {

    /** Networks that are loaded when they are first used. */
    record Later(VaeEncoder encoder, Refiner refiner) implements AutoCloseable {
        @Override
        public void close() {
            encoder.close();
            refiner.close();
        }
    }

    /** Makes the networks, all at the same time. */
    static StyledNetworks of(ModelNetworks base, StyleSet set, ParallelLoading making) {
        Set<ModelPart> parts = EnumSet.of(ModelPart.UNET);
        base.textEncoders().each().forEach(encoder -> parts.add(encoder.part()));
        StyleChanges.requireParts(set.styles(), parts);

        Future<DenoisingNetwork> styledUnet = making.begin(() -> base.unet().with(set, making));
        List<Future<TextEncoder>> styledEncoders = new ArrayList<>();
        for (TextEncoder encoder : base.textEncoders().each()) {
            styledEncoders.add(making.begin(() -> encoder.with(set, making)));
        }
        ModelNetworks pictures = set.seamless() ? withJoinedEdges(base, making) : base;
        TextEncoders encoders =
                new TextEncoders(styledEncoders.stream().map(making::await).toList());
        DenoisingNetwork denoising = making.await(styledUnet);

        long bytes = denoising.equals(base.unet()) ? 0 : denoising.storedBytes();
        bytes += set.seamless() ? pictures.decoder().storedBytes() : 0;
        for (int i = 0; i < encoders.each().size(); i++) {
            TextEncoder encoder = encoders.each().get(i);
            bytes += encoder.equals(base.textEncoders().each().get(i)) ? 0 : encoder.storedBytes();
        }
        return new StyledNetworks(
                new ModelNetworks(
                        encoders,
                        denoising,
                        pictures.decoder(),
                        pictures.encoder(),
                        pictures.controls(),
                        pictures.refiner()),
                making.keep(),
                set.seamless() ? Optional.of(new Later(pictures.encoder(), pictures.refiner())) : Optional.empty(),
                bytes);
    }

    /** The networks that work on pictures; the denoising one is another matter, since styles change it too. */
    private static ModelNetworks withJoinedEdges(ModelNetworks base, ParallelLoading making) {
        Future<VaeDecoder> decoder = making.begin(() -> base.decoder().seamless(making));
        Map<String, Future<ControlNetwork>> joining = new LinkedHashMap<>();
        base.controls().forEach((name, network) -> joining.put(name, making.begin(() -> network.seamless(making))));
        Map<String, ControlNetwork> controls = new LinkedHashMap<>();
        joining.forEach((name, network) -> controls.put(name, making.await(network)));
        return new ModelNetworks(
                base.textEncoders(),
                base.unet(),
                making.await(decoder),
                base.encoder().seamless(),
                controls,
                base.refiner().seamless());
    }

    @Override
    public void close() {
        own.forEach(Network::close);
        later.ifPresent(Later::close);
    }
}
