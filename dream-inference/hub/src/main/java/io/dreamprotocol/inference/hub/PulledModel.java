package io.dreamprotocol.inference.hub;

import io.dreamprotocol.core.image.ModelFile;
import java.nio.file.Path;
import java.util.List;

/**
 * A model that was fetched from a hub and checked.
 *
 * @param repository the model's name on the hub, as {@code ORG/NAME}
 * @param commit the commit that it was fetched from, 40 hexadecimal digits; {@code ORG/NAME@commit} gives the same files for
 *     ever
 * @param folder the model's folder, as {@code ModelFolder} opens it; its files are shared with the cache and must not be
 *     changed
 * @param files the files in it, sorted by path
 * @param card what the hub says of the model, the licence above all
 */
public record PulledModel(String repository, String commit, Path folder, List<ModelFile> files, ModelCard card) {
    /** Copies the list. */
    public PulledModel {
        files = List.copyOf(files);
    }
}
