package io.dreamprotocol.inference.hub;

import io.dreamprotocol.core.image.Cancellation;

/**
 * What the parts of one pull share.
 *
 * @param settings the client's settings
 * @param http asks the hub
 * @param cache keeps what comes
 * @param reference the model asked for
 * @param commit the commit that it is
 * @param cancellation stops the pull
 */
record PullContext(
        HubSettings settings,
        HubHttp http,
        HubCache cache,
        HubReference reference,
        String commit,
        Cancellation cancellation) {
    Target target(RemoteFile file) {
        return Target.file(settings.hub(), reference, commit, file.path());
    }
}
