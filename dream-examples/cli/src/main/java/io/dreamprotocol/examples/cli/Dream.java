package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code dream} command: finds the command that is meant, runs it, and turns every error into one line and an exit status. */
final class Dream {
    static final String NAME = "dream";

    private static final int LEAST_HELP_WIDTH = 80;
    private static final int MOST_HELP_WIDTH = 120;

    private static final List<Command> COMMANDS = List.of(
            new GenerateCommand(),
            new JobsCommand(),
            new ShowCommand(),
            new ResumeCommand(),
            new CancelCommand(),
            new VerifyCommand(),
            new ModelsCommand(),
            new PutCommand(),
            new GetCommand(),
            new LsCommand(),
            new PinCommand(),
            new GcCommand(),
            new CarCommand(),
            new WalletCommand(),
            new QuoteCommand(),
            new ModelCommands(),
            new WorkerCommands(),
            new ClaimCommand(),
            new RoundCommands(),
            new DemoCommand(),
            new DoctorCommand(),
            new CompletionCommand());

    private final Context context;
    private final Terminal terminal;

    Dream(Context context) {
        this.context = context;
        this.terminal = context.terminal();
    }

    /**
     * Runs one command line.
     *
     * @param args the arguments
     * @return the exit status
     */
    int run(String... args) {
        int status;
        try {
            status = execute(args);
        } catch (UsageException e) {
            status = fail(ExitStatus.USAGE, e.line(), e, args);
        } catch (DreamException e) {
            boolean interrupted = context.interrupt().isStopped();
            status = fail(interrupted ? ExitStatus.INTERRUPTED : e.code().number(), e.getMessage(), e, args);
        } catch (OutOfMemoryError e) {
            String advice = "There is not enough memory; ask for a smaller size, or free some";
            status = fail(ErrorCode.NOT_ENOUGH_MEMORY.number(), advice, e, args);
        } catch (RuntimeException | Error e) {
            String advice = "Unexpected error: " + e + "; run the command again with " + Options.STACKTRACE
                    + " to see where, and please report it";
            status = fail(ExitStatus.UNEXPECTED, advice, e, args);
        }
        terminal.flush();
        Optional<IOException> failure = terminal.failure();
        if (status == ExitStatus.OK && failure.isPresent()) {
            DreamException error = FileErrors.writing("the standard output", failure.get());
            return fail(error.code().number(), error.getMessage(), error, args);
        }
        return status;
    }

    private int fail(int status, String message, Throwable error, String... args) {
        terminal.flush();
        terminal.error(NAME + ": " + message);
        boolean traced = List.of(args).contains(Options.STACKTRACE)
                || !context.environment().getOrDefault("DREAM_DEBUG", "").isEmpty();
        if (traced) {
            StringWriter text = new StringWriter();
            error.printStackTrace(new PrintWriter(text));
            terminal.errorRaw(text.toString());
        }
        return status;
    }

    private int execute(String... args) {
        CommandLine line = commandLine(mentioned(args));
        ParseResult outer;
        try {
            outer = line.parseArgs(args);
        } catch (UnmatchedArgumentException e) {
            throw unmatched(e);
        } catch (ParameterException e) {
            throw new UsageException(nameOf(e.getCommandLine()), String.valueOf(e.getMessage()));
        }
        if (outer.isVersionHelpRequested()) {
            terminal.line(NAME + " " + Version.ofProgram());
            return ExitStatus.OK;
        }
        if (!outer.hasSubcommand()) {
            // Its help lists all commands, so it needs them all.
            help(commandLine(COMMANDS));
            return outer.isUsageHelpRequested() ? ExitStatus.OK : ExitStatus.USAGE;
        }
        ParseResult inner = outer.subcommand();
        Command command = named(COMMANDS, inner.commandSpec().name());
        while (inner.hasSubcommand()) {
            inner = inner.subcommand();
            command = named(command.actions(), inner.commandSpec().name());
        }
        if (inner.isUsageHelpRequested() || outer.isUsageHelpRequested()) {
            help(inner.commandSpec().commandLine());
            return ExitStatus.OK;
        }
        if (!command.actions().isEmpty()) {
            help(inner.commandSpec().commandLine());
            return ExitStatus.USAGE;
        }
        return command.run(new Arguments(outer, inner), context);
    }

    private static UsageException unmatched(UnmatchedArgumentException e) {
        CommandLine line = e.getCommandLine();
        String argument = PrintableText.oneLine(e.getUnmatched().getFirst(), 40);
        String kind = e.isUnknownOption() ? "option" : line.getSubcommands().isEmpty() ? "argument" : "command";
        List<String> suggestions = e.getSuggestions();
        String meant = suggestions.isEmpty()
                ? Suggestion.of(argument, line.getSubcommands().keySet())
                : " (did you mean " + suggestions.getFirst() + "?)";
        return new UsageException(nameOf(line), "There is no " + kind + " '" + argument + "'" + meant);
    }

    private static String nameOf(CommandLine line) {
        return line.getCommandSpec().qualifiedName();
    }

    private void help(CommandLine line) {
        StringWriter text = new StringWriter();
        line.setUsageHelpWidth(Math.clamp(terminal.abilities().columns(), LEAST_HELP_WIDTH, MOST_HELP_WIDTH));
        boolean coloured =
                terminal.abilities().outIsTerminal() && terminal.abilities().colour();
        line.usage(new PrintWriter(text), coloured ? Ansi.ON : Ansi.OFF);
        terminal.raw(text.toString());
    }

    /** Returns the commands whose names occur in a command line; all if none does, so that a misspelt one can be guessed. */
    private static List<Command> mentioned(String... args) {
        List<String> words = List.of(args);
        List<Command> found = new ArrayList<>();
        for (Command command : COMMANDS) {
            if (words.contains(command.name())) {
                found.add(command);
            }
        }
        return found.isEmpty() ? COMMANDS : found;
    }

    private static Command named(List<Command> commands, String name) {
        for (Command command : commands) {
            if (command.name().equals(name)) {
                return command;
            }
        }
        throw new IllegalArgumentException("No command is called " + name);
    }

    /** Describes the command with all that it can do to picocli. */
    static CommandLine commandLine() {
        return commandLine(COMMANDS);
    }

    private static CommandLine commandLine(List<Command> commands) {
        CommandSpec root = Options.withCommon(Options.command(
                NAME,
                "Makes images from words through the Dream Protocol.",
                "A job is submitted, done, proved, stored and paid, all on this machine unless told otherwise.",
                "dream generate \"a red apple, flat style\"",
                "dream generate \"a fox on a sky blue background\" --seed 7 --out fox.png",
                "dream verify fox.png",
                "dream doctor"));
        root.addOption(OptionSpec.builder("-V", Options.VERSION)
                .type(boolean.class)
                .versionHelp(true)
                .description("show the version")
                .build());
        root.usageMessage().exitCodeListHeading("%nExit statuses:%n").exitCodeList(exitStatuses());
        for (Command command : commands) {
            root.addSubcommand(command.name(), line(command));
        }
        return new CommandLine(root)
                .setExpandAtFiles(false)
                .setPosixClusteredShortOptionsAllowed(false)
                .setAllowOptionsAsOptionParameters(false);
    }

    private static CommandLine line(Command command) {
        // What all commands can is for those that do something, so that no option is taken and then forgotten.
        CommandLine line =
                new CommandLine(command.actions().isEmpty() ? Options.withCommon(command.spec()) : command.spec());
        command.actions().forEach(action -> line.addSubcommand(action.name(), line(action)));
        return line;
    }

    private static Map<String, String> exitStatuses() {
        Map<String, String> statuses = new LinkedHashMap<>();
        statuses.put(" 0", "done");
        statuses.put(" 1", "unexpected error");
        statuses.put(" 2", "wrong command line");
        statuses.put(" 3", "no Java 21 or newer was found");
        statuses.put(" 4", "the program could not be built");
        statuses.put("10-18", "the request is wrong or too large: prompt, size, steps, guidance, scheduler, model");
        statuses.put("20-25", "the model's files, its engine or its safety checker");
        statuses.put("30-34", "a data folder or a file: read-only, full, locked, damaged");
        statuses.put("40-43", "a blob: not there, damaged, no CID");
        statuses.put("49-59", "a job or money");
        statuses.put("60-65", "an image file: damaged, no receipt, changed, wrong signature");
        statuses.put("70-71", "stopped, or out of time");
        statuses.put("80-83", "configuration and keys");
        statuses.put("90-92", "a remote service: away, refusing, or giving something else");
        statuses.put("100-109", "a style model, its shares or its licence");
        statuses.put("110-115", "a payment channel, a round, a stake");
        statuses.put("130", "interrupted");
        return statuses;
    }
}
