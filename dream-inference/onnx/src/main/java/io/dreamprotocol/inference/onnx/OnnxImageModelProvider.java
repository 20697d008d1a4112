package io.dreamprotocol.inference.onnx;

import io.dreamprotocol.core.BackendAddress;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.ImageModelProvider;
import io.dreamprotocol.inference.diffusion.model.BundledModels;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.pipeline.DiffusionImageModel;
import io.dreamprotocol.inference.diffusion.safety.CheckedImageModel;
import io.dreamprotocol.inference.diffusion.safety.NetworkSafetyChecker;
import io.dreamprotocol.inference.diffusion.safety.SafetyPolicy;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Opens diffusion models on ONNX Runtime, by addresses such as {@code onnx:dream-mini} or {@code
 * onnx:./models/sd15?provider=cuda}.
 *
 * <p>The location is the name of a model that an artifact on the class path brings, or the folder of a model in the Hugging
 * Face ONNX layout. Options are those of {@link OnnxOptions#of}, and {@code cache}, the folder for copies of models from
 * the class path; without it they go to the user's cache folder. {@code safety} ({@code block}, {@code blur} or {@code flag}) has every
 * picture checked by the model's own safety checker; without it nothing is checked.
 */
public final class OnnxImageModelProvider implements ImageModelProvider {
    private static final String CACHE = "cache";
    private static final String SAFETY = "safety";

    /** Creates the provider. */
    public OnnxImageModelProvider() {}

    @Override
    public String scheme() {
        return "onnx";
    }

    @Override
    public List<String> names() {
        return bundled().names();
    }

    /**
     * Opens a model.
     *
     * @param address the model's name or folder, and how to run it
     * @return the model
     * @throws DreamException if there is no such model, a file is missing or damaged, or it cannot be run as asked; the
     *     message says what to do
     */
    @Override
    public ImageModel open(BackendAddress address) {
        address.requireKnownOptions(Set.of("provider", "device", "fallback", "threads", CACHE, SAFETY));
        Map<String, String> settings = new HashMap<>(address.options());
        settings.remove(CACHE);
        settings.remove(SAFETY);
        Optional<SafetyPolicy> safety = address.option(SAFETY).map(OnnxImageModelProvider::policy);
        OnnxOptions options = OnnxOptions.of(settings);
        BundledModels bundled = bundled();
        if (bundled.names().contains(address.location())) {
            Path cache = address.option(CACHE).map(Path::of).orElseGet(CacheFolder::ofUser);
            return openBundled(bundled, address.location(), cache, options, safety);
        }
        ModelFolder folder = ModelFolder.open(folder(address.location(), bundled));
        return load(name(folder), folder, OnnxRuntime.start(options), safety);
    }

    private static SafetyPolicy policy(String name) {
        return SafetyPolicy.named(name)
                .orElseThrow(() -> new InvalidInputException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "Unknown safety policy '" + name + "'; choose one of " + SafetyPolicy.names()));
    }

    private static ImageModel load(
            String name, ModelFolder folder, OnnxRuntime runtime, Optional<SafetyPolicy> safety) {
        if (safety.isEmpty()) {
            return DiffusionImageModel.load(name, folder, runtime);
        }
        Optional<NetworkSafetyChecker> checker = NetworkSafetyChecker.load(folder.root(), runtime);
        try {
            return new CheckedImageModel(DiffusionImageModel.load(name, folder, runtime), checker, safety.get());
        } catch (RuntimeException e) {
            checker.ifPresent(NetworkSafetyChecker::close);
            throw e;
        }
    }

    private static ImageModel openBundled(
            BundledModels bundled, String name, Path cache, OnnxOptions options, Optional<SafetyPolicy> safety) {
        Path copy = bundled.unpack(name, cache);
        ImageModel model = load(name, ModelFolder.open(copy), OnnxRuntime.start(options), safety);
        if (!model.descriptor().files().equals(bundled.files(name))) {
            model.close();
            throw new CorruptDataException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "The copy of the model " + name + " in " + copy + " was changed; delete that folder");
        }
        return model;
    }

    private static Path folder(String location, BundledModels bundled) {
        try {
            Path folder = Path.of(location).toAbsolutePath().normalize();
            if (!location.isBlank() && Files.isDirectory(folder)) {
                return folder;
            }
        } catch (InvalidPathException e) {
            throw unknown(location, bundled);
        }
        throw unknown(location, bundled);
    }

    private static NotFoundException unknown(String location, BundledModels bundled) {
        return new NotFoundException(
                ErrorCode.UNKNOWN_MODEL,
                "There is no model '" + location + "'; name a model's folder"
                        + (bundled.names().isEmpty() ? "" : ", or one of " + String.join(", ", bundled.names())));
    }

    /** A folder's name, as far as a model's name may have its characters. */
    private static String name(ModelFolder folder) {
        Path last = folder.root().getFileName();
        String name = (last == null ? "" : last.toString()).replaceAll("[^A-Za-z0-9._@+-]", "-");
        String trimmed = name.replaceFirst("^[^A-Za-z0-9]+", "");
        return trimmed.isEmpty() ? "model" : trimmed.substring(0, Math.min(trimmed.length(), 128));
    }

    private static BundledModels bundled() {
        return BundledModels.of(OnnxImageModelProvider.class.getClassLoader());
    }
}
