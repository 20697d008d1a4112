package io.dreamprotocol.examples.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Describes commands to picocli. By its builders, because reading annotations takes a tenth of a second at each start. */
final class Options {
    static final String DATA = "--data";
    static final String LEDGER = "--ledger";
    static final String STORE = "--store";
    static final String STACKTRACE = "--stacktrace";
    static final String HELP = "--help";
    static final String VERSION = "--version";

    static final String MODEL = "--model";
    static final String PROVIDER = "--provider";
    static final String DEVICE = "--device";
    static final String THREADS = "--threads";
    static final String FALLBACK = "--fallback";
    static final String OUT = "--out";
    static final String JSON = "--json";
    static final String QUIET = "--quiet";

    private Options() {}

    /**
     * Starts the description of a command.
     *
     * @param name the word that calls it
     * @param summary what it does, in a few words
     * @param details what else to know; may be empty
     * @param examples whole command lines
     */
    static CommandSpec command(String name, String summary, String details, String... examples) {
        CommandSpec spec = CommandSpec.create().name(name);
        spec.usageMessage().header(summary).abbreviateSynopsis(true).sortOptions(false);
        if (!details.isEmpty()) {
            spec.usageMessage().description(details);
        }
        if (examples.length > 0) {
            String[] footer = new String[examples.length + 2];
            footer[0] = "";
            footer[1] = "Examples:";
            for (int i = 0; i < examples.length; i++) {
                footer[i + 2] = "  " + examples[i];
            }
            spec.usageMessage().footer(footer);
        }
        return spec;
    }

    /** Adds the options that all commands have, behind a command's own. */
    static CommandSpec withCommon(CommandSpec spec) {
        text(spec, DATA, "DIR", "data folder (default: $DREAM_HOME, else ~/.dream)");
        text(spec, LEDGER, "ADDRESS", "ledger (default: $DREAM_LEDGER, else embedded:DIR)");
        text(
                spec,
                STORE,
                "ADDRESS",
                "blob store, such as ipfs:http://127.0.0.1:5001 (default: $DREAM_STORE, else embedded:DIR)");
        flag(spec, STACKTRACE, "show where an error came from");
        spec.addOption(OptionSpec.builder("-h", HELP)
                .type(boolean.class)
                .usageHelp(true)
                .description("show this help")
                .build());
        return spec;
    }

    /** Adds the options that choose a model and say how it runs. */
    static void model(CommandSpec spec) {
        text(spec, MODEL, "NAME|DIR", "model: a name of 'dream models', a folder, or an address such as onnx:./sd15");
        engine(spec);
    }

    /** Adds the options that say how a model runs. */
    static void engine(CommandSpec spec) {
        text(spec, PROVIDER, "NAME", "what computes: cpu, cuda, tensorrt, coreml, directml, openvino");
        text(spec, DEVICE, "N", "which accelerator, where there are several");
        text(spec, THREADS, "N", "processor threads (default: all cores)");
        flag(spec, FALLBACK, "use the processor if the provider is not available; the receipt says so");
    }

    /** Adds the options that say where images go and what is printed. */
    static void output(CommandSpec spec) {
        text(
                spec,
                OUT,
                "FILE|DIR",
                "where the image goes; {seed}, {job} and {n} in it stand for the seed, the job and the image's number"
                        + " (default: dream-PROMPT-SEED.png here)");
        json(spec);
        flag(spec, QUIET, "print only where the image is");
    }

    /** Adds the option that asks for results as JSON. */
    static void json(CommandSpec spec) {
        flag(spec, JSON, "print one JSON object and nothing else");
    }

    /** Adds words of which the first says what to do; shells complete it. */
    static void verbs(CommandSpec spec, List<String> verbs, String label, String description) {
        spec.addPositional(PositionalParamSpec.builder()
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity("1..*")
                .index("0..*")
                .required(true)
                .completionCandidates(verbs)
                .paramLabel(label)
                .hideParamSyntax(true)
                .description(description)
                .build());
    }

    static void text(CommandSpec spec, String name, String label, String description) {
        spec.addOption(OptionSpec.builder(name)
                .type(String.class)
                .arity("1")
                .paramLabel(label)
                .description(description)
                .build());
    }

    /** Adds an option that may be given several times. */
    static void texts(CommandSpec spec, String name, String label, String description) {
        spec.addOption(OptionSpec.builder(name)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity("1")
                .paramLabel(label)
                .description(description)
                .build());
    }

    static void flag(CommandSpec spec, String name, String description) {
        spec.addOption(OptionSpec.builder(name)
                .type(boolean.class)
                .description(description)
                .build());
    }

    static void positional(CommandSpec spec, String arity, String label, String description) {
        spec.addPositional(PositionalParamSpec.builder()
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity(arity)
                .index("0..*")
                .required(!arity.startsWith("0"))
                .paramLabel(label)
                .description(description)
                .build());
    }
}
