package io.dreamprotocol.inference.hub;

/**
 * A file of a model on a hub.
 *
 * @param path the path below the model's folder, with forward slashes
 * @param size the length in bytes
 * @param id what its content is called
 */
record RemoteFile(String path, long size, ContentId id) {}
