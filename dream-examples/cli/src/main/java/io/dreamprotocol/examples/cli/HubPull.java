package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.inference.hub.HubClient;
import io.dreamprotocol.inference.hub.HubReference;
import io.dreamprotocol.inference.hub.HubToken;
import io.dreamprotocol.inference.hub.ModelCard;
import io.dreamprotocol.inference.hub.PullProgress;
import io.dreamprotocol.inference.hub.PulledModel;
import java.net.URI;
import java.util.Optional;

/** {@code dream models pull}: fetches a model from a hub. Alone in knowing the hub's client, so that other commands start without it. */
final class HubPull {
    static final String HUB = "--hub";
    static final String TOKEN_FILE = "--token-file";

    /** The environment variable with the hub's address. */
    static final String VARIABLE = "DREAM_HUB";

    private static final int CELLS = 20;

    private final Arguments arguments;
    private final Context context;

    private HubPull(Arguments arguments, Context context) {
        this.arguments = arguments;
        this.context = context;
    }

    static void run(String wanted, Optional<String> name, Arguments arguments, Context context) {
        HubReference reference = HubReference.parse(wanted);
        String kept = name.orElseGet(
                () -> reference.repository().substring(reference.repository().indexOf('/') + 1));
        ModelStore.requireName(kept, ModelIntake.bundled());
        PulledModel model = new HubPull(arguments, context).pull(reference);
        ModelSource source = new ModelSource(model.repository(), Optional.of(model.commit()), licence(model.card()));
        new ModelIntake(arguments, context).take(model.folder(), kept, source);
    }

    private PulledModel pull(HubReference reference) {
        HubClient.Builder builder =
                HubClient.builder().cache(DataFolder.of(arguments, context).hubCache());
        hub().ifPresent(builder::hub);
        token().ifPresent(builder::token);
        try (HubClient client = builder.build()) {
            context.guard().run();
            context.terminal().status("Asking the hub for " + reference);
            return client.pull(reference, this::show, context.interrupt());
        } catch (StoppedException e) {
            throw new StoppedException(
                    e.code(), "Interrupted; what was fetched is kept, and the same command goes on from there", e);
        } finally {
            context.terminal().clearStatus();
        }
    }

    private void show(PullProgress progress) {
        int full = progress.totalBytes() == 0 ? CELLS : (int) (CELLS * progress.bytes() / progress.totalBytes());
        context.terminal()
                .status("[" + "#".repeat(full) + ".".repeat(CELLS - full) + "] " + ByteSizes.text(progress.bytes())
                        + " of " + ByteSizes.text(progress.totalBytes()) + "  " + progress.file());
    }

    private Optional<URI> hub() {
        Optional<String> address = arguments
                .text(HUB)
                .or(() ->
                        Optional.ofNullable(context.environment().get(VARIABLE)).filter(text -> !text.isEmpty()));
        try {
            return address.map(URI::create);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "The hub's address is no plain web address; expected one such as " + HubClient.PUBLIC_HUB,
                    e);
        }
    }

    private Optional<HubToken> token() {
        return arguments
                .text(TOKEN_FILE)
                .map(file -> HubToken.read(context.resolve(file)))
                .or(() -> HubToken.from(context.environment()));
    }

    private static Optional<String> licence(ModelCard card) {
        String link = card.licenceLink().map(text -> " (" + text + ")").orElse("");
        return card.licence()
                .map(id -> id.equals("other") ? card.licenceName().orElse(id) : id)
                .map(text -> text + link);
    }
}
