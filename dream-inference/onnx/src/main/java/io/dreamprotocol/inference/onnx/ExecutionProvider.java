package io.dreamprotocol.inference.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What computes a network: the processor, or one of the accelerators that ONNX Runtime can drive. */
public enum ExecutionProvider {
    /** The processor; part of every build of ONNX Runtime. */
    CPU(OrtProvider.CPU, ""),
    /** NVIDIA GPUs through CUDA and cuDNN. */
    CUDA(
            OrtProvider.CUDA,
            "install the NVIDIA driver, CUDA 12 and cuDNN 9, and replace the dependency com.microsoft.onnxruntime:onnxruntime by"
                    + " onnxruntime_gpu of the same version"),
    /** NVIDIA GPUs through TensorRT, and CUDA for the operators that TensorRT lacks. */
    TENSORRT(
            OrtProvider.TENSOR_RT,
            "install TensorRT 10 beside CUDA 12 and cuDNN 9, and replace the dependency com.microsoft.onnxruntime:onnxruntime"
                    + " by onnxruntime_gpu of the same version"),
    /** Apple's Core ML. */
    COREML(OrtProvider.CORE_ML, "run on a Mac with Apple silicon"),
    /** Any GPU on Windows through DirectML. */
    DIRECTML(
            OrtProvider.DIRECT_ML,
            "build ONNX Runtime with DirectML on Windows, and name the folder of its libraries with"
                    + " -Donnxruntime.native.path"),
    /** Intel processors and GPUs through OpenVINO. */
    OPENVINO(
            OrtProvider.OPEN_VINO,
            "build ONNX Runtime with OpenVINO, and name the folder of its libraries with -Donnxruntime.native.path");

    private final OrtProvider provider;
    private final String remedy;

    ExecutionProvider(OrtProvider provider, String remedy) {
        this.provider = provider;
        this.remedy = remedy;
    }

    /**
     * Returns the provider of a name.
     *
     * @param name the name in any case, such as {@code cuda}
     * @return the provider, or nothing if none has this name
     */
    public static Optional<ExecutionProvider> named(String name) {
        String id = name.toLowerCase(Locale.ROOT);
        return Arrays.stream(values()).filter(each -> each.id().equals(id)).findFirst();
    }

    /**
     * Returns the names of all providers.
     *
     * @return the names, separated by commas
     */
    static String names() {
        return Arrays.stream(values()).map(ExecutionProvider::id).collect(Collectors.joining(", "));
    }

    /**
     * Returns the name that configurations and receipts use, in lower case.
     *
     * @return the name
     */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the name that ONNX Runtime has for it. */
    OrtProvider provider() {
        return provider;
    }

    /** Says what to install so that it becomes available. */
    String remedy() {
        return remedy;
    }

    /** Makes sessions use it. Operators that it lacks stay on the processor. */
    void addTo(SessionOptions options, int device) throws OrtException {
        switch (this) {
            case CPU -> {}
            case CUDA -> addCuda(options, device);
            case TENSORRT -> {
                options.addTensorrt(device);
                addCuda(options, device);
            }
            case COREML -> options.addCoreML(Map.of());
            case DIRECTML -> {
                // DirectML allows neither of the two.
                options.setMemoryPatternOptimization(false);
                options.setExecutionMode(SessionOptions.ExecutionMode.SEQUENTIAL);
                options.addDirectML(device);
            }
            case OPENVINO -> options.addOpenVINO("");
        }
    }

    private static void addCuda(SessionOptions options, int device) throws OrtException {
        try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(device)) {
            options.addCUDA(cuda);
        }
    }
}
