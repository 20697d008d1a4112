package io.dreamprotocol.inference.hub;

/**
 * How far the fetching of a model has come. What the cache already had counts as fetched once it was checked.
 *
 * @param file the path of the file at hand, below the model's folder
 * @param fileBytes how many bytes of it are here
 * @param fileSize how many it has
 * @param bytes how many bytes of the whole model are here
 * @param totalBytes how many it has
 */
public record PullProgress(String file, long fileBytes, long fileSize, long bytes, long totalBytes) {}
