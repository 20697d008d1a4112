package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.UnsupportedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler that a person can ask for by name: a class and the options that make it what the name says.
 *
 * <p>Names are those of AUTOMATIC1111 ("DPM++ 2M Karras", "Euler a"), short ones ("dpmpp_2m_karras", "euler_a"), and the
 * class names of diffusers ("DPMSolverMultistepScheduler"); upper and lower case, blanks, dashes and underscores do not
 * matter. A choice changes a model's own configuration: what belongs to the model (betas, prediction type, timestep
 * spacing) stays. Instances are immutable and may be shared between threads.
 */
public final class SchedulerChoice {

    private static final int SUGGESTIONS = 5;
    private static final int LONGEST_SHOWN_NAME = 40;

    private static final List<SchedulerChoice> ALL = List.copyOf(everyChoice());
    private static final Map<String, SchedulerChoice> BY_KEY = byKey();

    private final String id;
    private final String label;
    private final String className;
    private final @Nullable Sampler sampler;
    private final @Nullable ScheduleType schedule;

    private SchedulerChoice(
            String id, String label, String className, @Nullable Sampler sampler, @Nullable ScheduleType schedule) {
        this.id = id;
        this.label = label;
        this.className = className;
        this.sampler = sampler;
        this.schedule = schedule;
    }

    private static SchedulerChoice of(Sampler sampler, ScheduleType schedule) {
        boolean plain = schedule == ScheduleType.UNIFORM;
        return new SchedulerChoice(
                plain ? sampler.id() : sampler.id() + "_" + schedule.id(),
                plain ? sampler.label() : sampler.label() + " " + schedule.label(),
                sampler.className(),
                sampler,
                schedule);
    }

    private static List<SchedulerChoice> everyChoice() {
        List<SchedulerChoice> choices = new ArrayList<>();
        for (Sampler sampler : Sampler.values()) {
            for (ScheduleType schedule : sampler.schedules()) {
                choices.add(of(sampler, schedule));
            }
        }
        return choices;
    }

    private static Map<String, SchedulerChoice> byKey() {
        Map<String, SchedulerChoice> choices = new LinkedHashMap<>();
        for (SchedulerChoice choice : ALL) {
            for (String name : choice.names()) {
                choices.putIfAbsent(key(name), choice);
            }
        }
        for (Sampler sampler : Sampler.values()) {
            String className = sampler.className();
            choices.putIfAbsent(key(className), new SchedulerChoice(className, className, className, null, null));
        }
        return choices;
    }

    /** What is left of a name when case, blanks and punctuation do not matter. */
    private static String key(String name) {
        StringBuilder key = new StringBuilder(name.length());
        name.toLowerCase(Locale.ROOT).replace("++", "pp").codePoints().forEach(c -> {
            if (Character.isLetterOrDigit(c)) {
                key.appendCodePoint(c);
            }
        });
        return key.toString();
    }

    /**
     * Returns every choice, those of one sampler beside each other.
     *
     * @return an unmodifiable list
     */
    public static List<SchedulerChoice> all() {
        return ALL;
    }

    /**
     * Returns the choice of a name.
     *
     * @param name an AUTOMATIC1111 name, with or without a schedule type, a short name, an alias, or a class name of
     *     diffusers
     * @return the choice; a class name alone keeps all options of the model
     * @throws NotFoundException with {@link ErrorCode#UNKNOWN_SCHEDULER}, naming near names, if there is none
     */
    public static SchedulerChoice named(String name) {
        return find(name).orElseThrow(() -> unknown(name));
    }

    /**
     * Returns the choice of a sampler and a schedule type, as AUTOMATIC1111's requests and image metadata have them.
     *
     * @param samplerName the sampler, such as {@code DPM++ 2M}
     * @param scheduleName the schedule type, such as {@code Karras}; {@code Automatic} takes what AUTOMATIC1111 takes for
     *     this sampler
     * @return the choice
     * @throws NotFoundException with {@link ErrorCode#UNKNOWN_SCHEDULER} if there is no such sampler or schedule type
     * @throws UnsupportedException with {@link ErrorCode#UNSUPPORTED} if the sampler cannot have this schedule type
     */
    public static SchedulerChoice named(String samplerName, String scheduleName) {
        SchedulerChoice choice = named(samplerName);
        Sampler sampler = choice.sampler;
        if (key(scheduleName).equals("automatic")) {
            return sampler == null || choice.schedule != ScheduleType.UNIFORM
                    ? choice
                    : of(sampler, sampler.automatic());
        }
        for (ScheduleType schedule : ScheduleType.values()) {
            if (key(schedule.label()).equals(key(scheduleName))) {
                if (sampler == null || !sampler.schedules().contains(schedule)) {
                    throw new UnsupportedException(
                            ErrorCode.UNSUPPORTED,
                            "The sampler " + choice.label + " cannot have the schedule type " + schedule.label()
                                    + "; choose Automatic or another sampler.");
                }
                return of(sampler, schedule);
            }
        }
        throw new NotFoundException(
                ErrorCode.UNKNOWN_SCHEDULER,
                "There is no schedule type " + shown(scheduleName)
                        + "; choose Automatic, Uniform, Karras, Exponential, Beta or SGM Uniform.");
    }

    /**
     * Returns the choice of a name, if there is one.
     *
     * @param name as for {@link #named(String)}
     * @return the choice, or empty
     */
    public static Optional<SchedulerChoice> find(String name) {
        return Optional.ofNullable(BY_KEY.get(key(name)));
    }

    private static NotFoundException unknown(String name) {
        String wanted = key(name);
        List<String> near = ALL.stream()
                .sorted(Comparator.comparingInt(choice -> distance(wanted, choice)))
                .limit(SUGGESTIONS)
                .map(SchedulerChoice::label)
                .toList();
        return new NotFoundException(
                ErrorCode.UNKNOWN_SCHEDULER,
                "There is no scheduler " + shown(name) + "; near names are " + String.join(", ", near) + ".");
    }

    private static String shown(String name) {
        String printable = name.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= LONGEST_SHOWN_NAME
                ? "\"" + printable + "\""
                : "\"" + printable.substring(0, LONGEST_SHOWN_NAME) + "...\"";
    }

    private static int distance(String wanted, SchedulerChoice choice) {
        String start = wanted.substring(0, Math.min(wanted.length(), LONGEST_SHOWN_NAME));
        return choice.names().stream()
                .mapToInt(name -> editDistance(start, key(name)))
                .min()
                .orElseThrow();
    }

    /** The number of letters to insert, leave out or replace. */
    private static int editDistance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }

    private List<String> names() {
        List<String> names = new ArrayList<>(List.of(id, label));
        names.addAll(aliases());
        return names;
    }

    /**
     * Returns the short name.
     *
     * @return the name, such as {@code dpmpp_2m_karras}, or the class name where only a class was asked for
     */
    public String id() {
        return id;
    }

    /**
     * Returns the name that people are shown, which is AUTOMATIC1111's where it has one.
     *
     * @return the name, such as {@code DPM++ 2M Karras}
     */
    public String label() {
        return label;
    }

    /**
     * Returns further names of this choice.
     *
     * @return an unmodifiable list, possibly empty
     */
    public List<String> aliases() {
        if (sampler == null || schedule == null) {
            return List.of();
        }
        String suffix = schedule == ScheduleType.UNIFORM ? "" : "_" + schedule.id();
        return sampler.aliases().stream().map(alias -> alias + suffix).toList();
    }

    /**
     * Returns the sampler's name without the schedule type, as image metadata states it.
     *
     * @return the name, such as {@code DPM++ 2M}
     */
    public String samplerLabel() {
        return sampler == null ? label : sampler.label();
    }

    /**
     * Returns the schedule type.
     *
     * @return the schedule type, or empty where the model's own options decide
     */
    public Optional<ScheduleType> schedule() {
        return Optional.ofNullable(schedule);
    }

    /**
     * Returns the name of the class in diffusers.
     *
     * @return the class name
     */
    public String className() {
        return className;
    }

    /**
     * Returns a model's scheduler configuration changed to this choice.
     *
     * @param model the model's own configuration
     * @return the changed configuration
     * @throws UnsupportedException with {@link ErrorCode#UNSUPPORTED} if a model of this kind (flow matching, EDM or the
     *     usual one) was not trained for this scheduler
     */
    public SchedulerConfig applyTo(SchedulerConfig model) {
        Objects.requireNonNull(model, "model");
        if (!suits(model)) {
            throw new UnsupportedException(
                    ErrorCode.UNSUPPORTED,
                    "The scheduler " + label + " does not suit this model, whose own is " + model.className()
                            + "; choose one of the same kind, or none to take the model's own.");
        }
        SchedulerConfig changed = model.withClassName(className);
        if (sampler != null) {
            changed = withAll(changed, sampler.options());
        }
        if (schedule != null) {
            changed = withAll(changed, schedule.options());
        }
        return changed;
    }

    private static SchedulerConfig withAll(SchedulerConfig config, Map<String, Object> options) {
        SchedulerConfig changed = config;
        for (Map.Entry<String, Object> option : options.entrySet()) {
            changed = changed.with(option.getKey(), option.getValue());
        }
        return changed;
    }

    /**
     * Tells whether a model of this kind (flow matching, EDM or the usual one) was trained for this scheduler.
     *
     * @param model the model's own configuration
     * @return true if {@link #applyTo} accepts the model
     */
    public boolean suits(SchedulerConfig model) {
        return kind(model.className()).equals(kind(className));
    }

    /** Schedulers of one kind can stand in for each other. */
    private static String kind(String className) {
        if (className.startsWith("FlowMatch")) {
            return "flow";
        }
        return className.startsWith("EDM") ? "edm" : "table";
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SchedulerChoice that && id.equals(that.id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return label;
    }
}
