package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.GeneratedImage;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.ledger.Delivery;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.Payment;
import io.dreamprotocol.core.ledger.Settlement;
import io.dreamprotocol.core.receipt.Receipt;
import java.nio.file.Path;

/** Tells what was made: to people, to programs as one JSON object, or only where it is. */
final class ImageReport {
    private final Style style;
    private final Terminal terminal;
    private final Json json = new Json();
    private String grid = "";

    /** To whom it is told. */
    private enum Style {
        PEOPLE,
        PATHS,
        JSON
    }

    ImageReport(Arguments arguments, Terminal terminal) {
        if (arguments.flag(Options.JSON) && arguments.flag(Options.QUIET)) {
            throw arguments.usage(Options.JSON + " and " + Options.QUIET + " exclude each other");
        }
        this.style =
                arguments.flag(Options.JSON) ? Style.JSON : arguments.flag(Options.QUIET) ? Style.PATHS : Style.PEOPLE;
        this.terminal = terminal;
        json.object().array("images");
    }

    /** Tells of one image. */
    void image(GeneratedImage image, Path file, Ledger ledger) {
        switch (style) {
            case PEOPLE -> people(image, file, ledger);
            case PATHS -> terminal.line(file.toString());
            case JSON -> object(image, file, ledger);
        }
        terminal.flush();
    }

    private void people(GeneratedImage image, Path file, Ledger ledger) {
        Terminal.Abilities abilities = terminal.abilities();
        if (abilities.outIsTerminal() && abilities.trueColour()) {
            terminal.raw(TerminalPicture.draw(image.pixels(), abilities));
        }
        CanonicalRequest request = image.sealed().request();
        Receipt receipt = image.sealed().receipt().receipt();
        terminal.line("image    " + file);
        terminal.line("CID      " + image.cid()
                + (isPrivate(request) ? ", sealed: only this data folder's key opens it" : ""));
        terminal.line("job      " + image.job().id() + ", "
                + JobText.state(image.job().state()));
        terminal.line("made     " + size(image) + ", seed " + request.seed() + ", "
                + request.steps() + " steps, guidance " + Numbers.text(request.guidanceScale()) + ", "
                + request.scheduler()
                + ", " + request.model() + " on " + receipt.engine().provider());
        for (String substitution : receipt.substitutions()) {
            terminal.line("instead  " + substitution);
        }
        if (image.job().settlement().isPresent()) {
            Settlement settlement = image.job().settlement().get();
            terminal.line("cost     " + Coins.text(settlement.fee(), ledger));
            for (Payment payment : settlement.payments()) {
                terminal.line("paid     " + JobText.payment(payment, ledger));
            }
        }
    }

    /** The size of the image, and that of the first pass where a second one made it larger. */
    private static String size(GeneratedImage image) {
        String size = image.pixels().width() + "x" + image.pixels().height();
        CanonicalRequest request = image.sealed().request();
        return request.options().hires().isEmpty()
                ? size
                : size + " (" + request.width() + "x" + request.height() + " in the first pass)";
    }

    private void object(GeneratedImage image, Path file, Ledger ledger) {
        CanonicalRequest request = image.sealed().request();
        Receipt receipt = image.sealed().receipt().receipt();
        json.object()
                .member("path", file.toString())
                .member("cid", image.cid().toString())
                .member(
                        "receipt",
                        image.job()
                                .delivery()
                                .map(Delivery::receipt)
                                .orElseThrow()
                                .toString())
                .member("private", isPrivate(request))
                .member("job", image.job().id().value())
                .member("state", JobText.state(image.job().state()))
                .member("prompt", request.prompt())
                .member("negativePrompt", request.negativePrompt())
                .object("model")
                .member("name", request.model().name())
                .member("digest", request.model().digest().toHex())
                .end()
                .member("width", image.pixels().width())
                .member("height", image.pixels().height())
                .member("steps", request.steps())
                .member("guidanceScale", request.guidanceScale())
                .member("seed", request.seed())
                .member("scheduler", request.scheduler());
        OptionsReport.write(request, json);
        json.object("engine")
                .member("name", receipt.engine().name())
                .member("version", receipt.engine().version())
                .member("provider", receipt.engine().provider())
                .member("dtype", receipt.engine().dtype())
                .end()
                .array("substitutions");
        receipt.substitutions().forEach(json::element);
        json.endArray().member("worker", receipt.worker().value());
        image.job().settlement().ifPresent(settlement -> money(settlement, ledger));
        json.end();
    }

    private static boolean isPrivate(CanonicalRequest request) {
        return request.options().recipient().isPresent();
    }

    private void money(Settlement settlement, Ledger ledger) {
        int decimals = ledger.info().decimals();
        json.member("ledger", ledger.info().id())
                .member("currency", ledger.info().currency())
                .member("cost", settlement.fee().toCoins(decimals))
                .member("refund", settlement.refund().toCoins(decimals))
                .array("payments");
        for (Payment payment : settlement.payments()) {
            json.object()
                    .member("to", payment.to().value())
                    .member("amount", payment.amount().toCoins(decimals))
                    .member("purpose", JobText.purposeId(payment.purpose()));
            payment.style()
                    .ifPresent(style ->
                            json.member("style", style.number()).member("styleName", JobText.style(style, ledger)));
            json.end();
        }
        json.endArray();
    }

    /** Tells where the sheet of a grid is. */
    void sheet(Path file) {
        switch (style) {
            case PEOPLE -> terminal.line("grid     " + file);
            case PATHS -> terminal.line(file.toString());
            case JSON -> grid = file.toString();
        }
    }

    /** Tells that everything is done. */
    void end() {
        if (style == Style.JSON) {
            json.endArray();
            if (!grid.isEmpty()) {
                json.member("grid", grid);
            }
            terminal.raw(json.end() + "\n");
        }
    }

    /** Tells programs that the rest failed; people read it on the standard error. */
    void fail(DreamException error) {
        if (style == Style.JSON) {
            json.endArray()
                    .object("error")
                    .member("code", error.code().id())
                    .member("number", error.code().number())
                    .member("message", error.getMessage())
                    .end()
                    .end();
            terminal.raw(json + "\n");
        }
    }

    /** Tells whether people look on. */
    boolean isForPeople() {
        return style == Style.PEOPLE;
    }
}
