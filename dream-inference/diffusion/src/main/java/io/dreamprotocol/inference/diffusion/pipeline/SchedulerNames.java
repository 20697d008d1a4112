package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.inference.diffusion.scheduler.SchedulerChoice;
import io.dreamprotocol.inference.diffusion.scheduler.SchedulerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/** The names under which a model's users ask for schedulers, and what each means for this model. */
final class SchedulerNames {
    private static final String CLIP = "clip_sample";

    private final SchedulerConfig own;
    private final String ownName;
    private final List<String> names;

    SchedulerNames(SchedulerConfig own) {
        this.own = own;
        List<SchedulerChoice> suitable =
                SchedulerChoice.all().stream().filter(this::suits).toList();
        Optional<String> name = suitable.stream()
                .filter(choice -> meansTheSame(choice.applyTo(own)))
                .map(SchedulerChoice::label)
                .findFirst();
        this.ownName = name.orElse(own.className());
        List<String> all = new ArrayList<>();
        if (name.isEmpty()) {
            all.add(ownName);
        }
        suitable.forEach(choice -> all.add(choice.label()));
        this.names = List.copyOf(all);
    }

    /** The name of the model's own scheduler. */
    String ownName() {
        return ownName;
    }

    /** The names of all schedulers that suit the model. */
    List<String> names() {
        return names;
    }

    /** The configuration that a name stands for. */
    SchedulerConfig config(String name) {
        return name.equals(ownName)
                ? own
                : unclipped(SchedulerChoice.named(name).applyTo(own));
    }

    /** Some methods clip samples to pixels' range unless told otherwise, but latents have no such range. */
    private SchedulerConfig unclipped(SchedulerConfig config) {
        return own.options().containsKey(CLIP) ? config : config.with(CLIP, false);
    }

    private boolean suits(SchedulerChoice choice) {
        try {
            choice.applyTo(own);
            return true;
        } catch (UnsupportedException | NotFoundException e) {
            return false;
        }
    }

    /** An option that is absent means the same as one that is switched off. */
    private boolean meansTheSame(SchedulerConfig changed) {
        if (!changed.className().equals(own.className())) {
            return false;
        }
        Map<String, Object> before = own.options();
        Map<String, Object> after = changed.options();
        TreeSet<String> keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        for (String key : keys) {
            Object value = before.getOrDefault(key, false);
            if (!Objects.equals(value, after.getOrDefault(key, false))) {
                return false;
            }
        }
        return true;
    }
}
