package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.PngFile;
import io.dreamprotocol.core.receipt.Receipt;
import io.dreamprotocol.core.receipt.SealedImage;
import picocli.CommandLine.Model.CommandSpec;

/** Checks an image's receipt without a ledger, a store or the network. */
final class VerifyCommand implements Command {
    @Override
    public String name() {
        return "verify";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Checks the signed receipt in a PNG file.",
                "Its signature, that it is for the request in the file, and that neither pixels nor texts were"
                        + " changed. Needs no data folder and no network.",
                "dream verify fox.png");
        Options.positional(spec, "1", "FILE", "the PNG file");
        return spec;
    }

    @Override
    public int run(Arguments arguments, Context context) {
        String name = arguments.positional().getFirst();
        byte[] bytes = InputFile.read(name, PngFile.MAX_BYTES, arguments, context);
        SealedImage sealed = SealedImage.verify(bytes);
        Terminal terminal = context.terminal();
        CanonicalRequest request = sealed.request();
        Receipt receipt = sealed.receipt().receipt();
        terminal.line("genuine  " + name + ": the signature, the request and every byte fit the receipt");
        terminal.line("signed   by " + receipt.worker());
        terminal.line("prompt   " + request.prompt());
        if (!request.negativePrompt().isEmpty()) {
            terminal.line("negative " + request.negativePrompt());
        }
        terminal.line("model    " + receipt.model().name() + ", digest "
                + receipt.model().digest().toHex() + ", " + receipt.files().size() + " files");
        terminal.line("made     " + request.width() + "x" + request.height() + ", seed " + receipt.seed() + " ("
                + receipt.noise() + " noise), " + request.steps() + " steps, guidance "
                + Numbers.text(request.guidanceScale()) + ", "
                + receipt.scheduler());
        terminal.line(
                "engine   " + receipt.engine().name() + " " + receipt.engine().version() + " on "
                        + receipt.engine().provider() + ", " + receipt.engine().dtype());
        for (String substitution : receipt.substitutions()) {
            terminal.line("instead  " + substitution);
        }
        receipt.latents()
                .ifPresent(latents ->
                        terminal.line("latents  Merkle root " + latents.root().toHex() + " over " + latents.leaves()
                                + " leaves (what each step began with)"));
        terminal.line("request  sha256 " + receipt.request().toHex());
        terminal.line("output   " + receipt.output() + " (the file without its receipt)");
        return ExitStatus.OK;
    }
}
