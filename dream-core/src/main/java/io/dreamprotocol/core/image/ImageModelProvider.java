package io.dreamprotocol.core.image;

import io.dreamprotocol.core.BackendAddress;
import java.util.List;

/** Opens image models of one engine; found by {@link java.util.ServiceLoader}. */
public interface ImageModelProvider {
    /**
     * Returns the scheme of the addresses that this provider serves.
     *
     * @return the scheme, for example {@code onnx}
     */
    String scheme();

    /**
     * Lists the models that can be opened by name, those on the class path first.
     *
     * @return their names
     */
    List<String> names();

    /**
     * Opens a model.
     *
     * @param address an address of this provider's scheme, whose location is a model's name or folder
     * @return the model
     */
    ImageModel open(BackendAddress address);
}
