package io.dreamprotocol.core.style;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a creator registers. Everything but the terms is fixed for ever.
 *
 * @param manifest what the model is
 * @param terms what its use costs at first
 * @param split how its earnings are split
 * @param parents the models from which it was derived; at most {@link #MAX_PARENTS}, each once
 * @param contributors whose images it was trained on; there exactly if the split has parts for them
 */
public record StyleRegistration(
        StyleManifest manifest,
        StyleTerms terms,
        SplitTable split,
        List<Parent> parents,
        Optional<ContributorsRoot> contributors) {
    /** The most parents: 8. */
    public static final int MAX_PARENTS = 8;

    /** How many generations of models may descend from each other: a model without parents is the first, and 8 may follow. */
    public static final int MAX_DEPTH = 8;

    /** The most models of all generations before one: 16, so that a settlement stays small. */
    public static final int MAX_ANCESTORS = 16;

    /**
     * Checks that the parts fit together.
     *
     * @throws io.dreamprotocol.core.error.InvalidInputException with {@code invalid-shares}
     */
    public StyleRegistration {
        Objects.requireNonNull(manifest, "manifest");
        Objects.requireNonNull(terms, "terms");
        Objects.requireNonNull(split, "split");
        parents = List.copyOf(parents);
        Objects.requireNonNull(contributors, "contributors");
        Share.check(
                parents.size() <= MAX_PARENTS,
                "A style model has at most " + MAX_PARENTS + " parents, not " + parents.size());
        Share.check(parents.stream().map(Parent::style).distinct().count() == parents.size(), "A parent appears twice");
        Share.check(
                parents.stream().mapToInt(Parent::parts).sum() <= Share.WHOLE,
                "The parents take more than the whole together");
        Share.check(
                contributors.isPresent() == split.contributors() > 0,
                "A split table has parts for contributors exactly if there is a contributors' root");
    }
}
