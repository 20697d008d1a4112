package io.dreamprotocol.inference.diffusion.safety;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is done with a picture that a safety checker finds unsafe. */
public enum SafetyPolicy {
    /** It is withheld: the generation fails with {@code image-blocked}. */
    BLOCK,
    /** It is blurred until nothing can be recognised, which the output states. */
    BLUR,
    /** It is given out as it is, and the output states what the checker found. */
    FLAG;

    /**
     * Returns the policy of a name.
     *
     * @param name the name in any case, such as {@code block}
     * @return the policy, or nothing if none has this name
     */
    public static Optional<SafetyPolicy> named(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(policy -> policy.id().equals(wanted))
                .findFirst();
    }

    /**
     * Returns the names of all policies.
     *
     * @return the names, separated by commas
     */
    public static String names() {
        return Arrays.stream(values()).map(SafetyPolicy::id).collect(Collectors.joining(", "));
    }

    /**
     * Returns the name that configurations use, in lower case.
     *
     * @return the name
     */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
