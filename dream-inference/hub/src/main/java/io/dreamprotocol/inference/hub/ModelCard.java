package io.dreamprotocol.inference.hub;

import java.util.List;
import java.util.Optional;

/**
 * What a model's card on the hub says of it, to show to people before they use it. Its owner's words, which nobody has
 * checked; shortened and without control characters.
 *
 * @param licence the licence's identifier, such as {@code apache-2.0} or {@code creativeml-openrail-m}; {@code other} if it
 *     has none
 * @param licenceName the licence's own name, where the identifier is {@code other}
 * @param licenceLink where the licence can be read: an address, or a file in the repository
 * @param baseModels the models that it was made from
 * @param tags the hub's tags
 */
public record ModelCard(
        Optional<String> licence,
        Optional<String> licenceName,
        Optional<String> licenceLink,
        List<String> baseModels,
        List<String> tags) {
    /** Copies the lists. */
    public ModelCard {
        baseModels = List.copyOf(baseModels);
        tags = List.copyOf(tags);
    }
}
