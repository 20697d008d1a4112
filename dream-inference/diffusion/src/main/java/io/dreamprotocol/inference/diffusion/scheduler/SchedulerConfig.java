package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a model's {@code scheduler_config.json}: the class name of a scheduler and its options.
 *
 * <p>Options keep the names and meanings that diffusers gives them. An option that the class does not have is ignored, as
 * is one whose value is null; the value of an option is checked when {@link Scheduler#of} reads it. Instances are
 * immutable and may be shared between threads.
 */
public final class SchedulerConfig {

    /** The largest number of training timesteps that a configuration may state. */
    public static final int MAX_TRAIN_TIMESTEPS = 100_000;

    static final String CLASS_KEY = "_class_name";

    private final String className;
    private final Map<String, Object> options;

    private SchedulerConfig(String className, Map<String, Object> options) {
        this.className = className;
        this.options = options;
    }

    /**
     * Returns the configuration that a parsed {@code scheduler_config.json} holds.
     *
     * @param json the file's members; {@code _class_name} names the class, the others are options (strings, numbers,
     *     booleans, lists and nulls)
     * @return the configuration
     * @throws InvalidInputException with {@link ErrorCode#INVALID_CONFIGURATION} if {@code _class_name} is missing or not
     *     a text
     */
    public static SchedulerConfig of(Map<String, ? extends @Nullable Object> json) {
        if (!(json.get(CLASS_KEY) instanceof String name) || name.isBlank()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "The scheduler configuration has no _class_name; add the name of a scheduler class, such as"
                            + " EulerDiscreteScheduler.");
        }
        return of(name, json);
    }

    /**
     * Returns a configuration of the given class.
     *
     * @param className the name of the class in diffusers, such as {@code DDIMScheduler}
     * @param options the options; a {@code _class_name} among them is ignored
     * @return the configuration
     */
    public static SchedulerConfig of(String className, Map<String, ? extends @Nullable Object> options) {
        Objects.requireNonNull(className, "className");
        Map<String, Object> copy = new TreeMap<>();
        options.forEach((key, value) -> {
            if (value != null && !key.equals(CLASS_KEY)) {
                copy.put(key, frozen(value));
            }
        });
        return new SchedulerConfig(className, Collections.unmodifiableMap(copy));
    }

    private static Object frozen(Object value) {
        return value instanceof List<?> list ? Collections.unmodifiableList(new ArrayList<>(list)) : value;
    }

    /**
     * Returns the name of the scheduler's class in diffusers.
     *
     * @return the class name
     */
    public String className() {
        return className;
    }

    /**
     * Returns the options without nulls, in the order of their names.
     *
     * @return an unmodifiable map
     */
    public Map<String, Object> options() {
        return options;
    }

    /**
     * Returns a configuration that differs in one option.
     *
     * @param option the name of the option
     * @param value its new value
     * @return the changed configuration
     */
    public SchedulerConfig with(String option, Object value) {
        Map<String, Object> changed = new TreeMap<>(options);
        changed.put(Objects.requireNonNull(option, "option"), frozen(value));
        return new SchedulerConfig(className, Collections.unmodifiableMap(changed));
    }

    /**
     * Returns a configuration of another class with the same options, as a model is given another scheduler than its own.
     *
     * @param otherClassName the name of the class in diffusers
     * @return the changed configuration
     */
    public SchedulerConfig withClassName(String otherClassName) {
        return new SchedulerConfig(Objects.requireNonNull(otherClassName, "otherClassName"), options);
    }

    /**
     * Returns what the network of this configuration's model predicts: {@code epsilon}, {@code v_prediction},
     * {@code sample} or {@code flow_prediction}.
     *
     * @return the prediction type, or empty if the configuration leaves it to the class
     */
    public Optional<String> predictionType() {
        return options.containsKey("prediction_type") ? Optional.of(text("prediction_type", "")) : Optional.empty();
    }

    /**
     * Returns the number of timesteps that the model was trained with.
     *
     * @return the number, 1,000 unless the configuration says otherwise
     * @throws InvalidInputException with {@link ErrorCode#INVALID_CONFIGURATION} if it is no such number
     */
    public int trainTimesteps() {
        return integer("num_train_timesteps", 1000, 1, MAX_TRAIN_TIMESTEPS);
    }

    boolean flag(String key, boolean absent) {
        Object value = options.get(key);
        if (value == null) {
            return absent;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw invalid(key, value, "true or false");
    }

    int integer(String key, int absent, int min, int max) {
        Object value = options.get(key);
        if (value == null) {
            return absent;
        }
        if (value instanceof Number number) {
            double real = number.doubleValue();
            if (real == Math.rint(real) && real >= min && real <= max) {
                return (int) real;
            }
        }
        throw invalid(key, value, "a whole number between " + min + " and " + max);
    }

    double real(String key, double absent, double min, double max) {
        return optionalReal(key, min, max).orElse(absent);
    }

    OptionalDouble optionalReal(String key, double min, double max) {
        Object value = options.get(key);
        if (value == null) {
            return OptionalDouble.empty();
        }
        double real = toReal(value);
        if (real >= min && real <= max) {
            return OptionalDouble.of(real);
        }
        throw invalid(key, value, "a number between " + min + " and " + max);
    }

    private static double toReal(Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        if (value instanceof String text) {
            // JSON has no infinity; these are the spellings that Python programs leave behind.
            return switch (text) {
                case "-inf", "-Infinity" -> Double.NEGATIVE_INFINITY;
                case "inf", "Infinity" -> Double.POSITIVE_INFINITY;
                default -> Double.NaN;
            };
        }
        return Double.NaN;
    }

    String text(String key, String absent) {
        Object value = options.get(key);
        if (value == null) {
            return absent;
        }
        if (value instanceof String text) {
            return text;
        }
        throw invalid(key, value, "a text");
    }

    String choice(String key, String absent, String... allowed) {
        String value = text(key, absent);
        for (String candidate : allowed) {
            if (candidate.equals(value)) {
                return value;
            }
        }
        throw invalid(key, value, "one of " + String.join(", ", allowed));
    }

    /** The list of numbers under the key, or null if there is none. */
    double @Nullable [] reals(String key, int maxLength, double min, double max) {
        Object value = options.get(key);
        if (value == null) {
            return null;
        }
        if (!(value instanceof List<?> list) || list.isEmpty() || list.size() > maxLength) {
            throw invalid(key, value, "a list of 1 to " + maxLength + " numbers");
        }
        double[] reals = new double[list.size()];
        for (int i = 0; i < reals.length; i++) {
            Object element = list.get(i);
            double real = element == null ? Double.NaN : toReal(element);
            if (!(real >= min && real <= max)) {
                throw invalid(key + "[" + i + "]", element, "a number between " + min + " and " + max);
            }
            reals[i] = real;
        }
        return reals;
    }

    InvalidInputException invalid(String key, @Nullable Object value, String expected) {
        String shown = String.valueOf(value);
        if (shown.length() > 40) {
            shown = shown.substring(0, 40) + "...";
        }
        return new InvalidInputException(
                ErrorCode.INVALID_CONFIGURATION,
                "The scheduler configuration of " + className + " has " + key + " = " + shown + "; it must be "
                        + expected + ".");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SchedulerConfig that
                && className.equals(that.className)
                && options.equals(that.options);
    }

    @Override
    public int hashCode() {
        return Objects.hash(className, options);
    }

    @Override
    public String toString() {
        return className + options;
    }
}
