package io.dreamprotocol.inference.hub;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.image.Cancellation;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/** A process of its own that pulls a model, for tests of what processes do to each other. */
final class PullProcess {
    private PullProcess() {}

    /** Takes the hub's address, the cache and the model; prints reports, and last the model's commit or an error's code. */
    public static void main(String[] arguments) {
        try (HubClient client = HubClient.builder()
                .hub(URI.create(arguments[0]))
                .cache(Path.of(arguments[1]))
                .readTimeout(Duration.ofSeconds(60))
                .build()) {
            System.out.println(client.pull(arguments[2], PullProcess::print, new Cancellation())
                    .commit());
        } catch (DreamException e) {
            System.out.println(e.code().id() + ": " + e.getMessage());
            System.exit(e.code().number());
        }
    }

    private static void print(PullProgress report) {
        System.out.println(report.file() + " " + report.fileBytes());
    }
}
