package io.dreamprotocol.inference.hub;

import okhttp3.HttpUrl;

/**
 * What is asked of a hub.
 *
 * @param url its address
 * @param reference the model that it belongs to
 * @param file the path of the file in the model, or empty for the model's description
 */
record Target(HttpUrl url, HubReference reference, String file) {
    static Target description(HttpUrl hub, HubReference reference) {
        HttpUrl url = repository(hub.newBuilder().addPathSegments("api/models"), reference)
                .addPathSegment("revision")
                .addPathSegment(reference.revision())
                .addQueryParameter("blobs", "true")
                .build();
        return new Target(url, reference, "");
    }

    static Target file(HttpUrl hub, HubReference reference, String commit, String path) {
        HttpUrl.Builder url = repository(hub.newBuilder(), reference)
                .addPathSegment("resolve")
                .addPathSegment(commit);
        for (String name : path.split("/", -1)) {
            url.addPathSegment(name);
        }
        return new Target(url.build(), reference, path);
    }

    private static HttpUrl.Builder repository(HttpUrl.Builder base, HubReference reference) {
        return base.addPathSegment(reference.owner()).addPathSegment(reference.name());
    }

    boolean isFile() {
        return !file.isEmpty();
    }

    /** The target in messages. */
    @Override
    public String toString() {
        return isFile() ? file + " of " + reference : reference.toString();
    }
}
