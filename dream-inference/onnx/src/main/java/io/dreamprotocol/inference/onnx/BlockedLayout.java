package io.dreamprotocol.inference.onnx;

/**
 * An order of a convolution's weight in which ONNX Runtime's processor kernels take it: output channels, and mostly input
 * channels too, in blocks as long as a vector register.
 *
 * @param block the channels of a block: 16 with AVX-512, 8 with AVX
 * @param inputs whether input channels are in blocks too; those of a picture or of latents are too few
 */
record BlockedLayout(int block, boolean inputs) {

    /** How many numbers a weight has, with the zeros that fill up its last blocks. */
    long size(int outputs, int inputChannels, int kernel) {
        return (long) roundUp(outputs) * (inputs ? roundUp(inputChannels) : inputChannels) * kernel;
    }

    /** Brings a weight from the order of PyTorch into this one. */
    float[] apply(float[] weight, int outputs, int inputChannels, int kernel) {
        float[] placed = new float[Math.toIntExact(size(outputs, inputChannels, kernel))];
        int blockSize = placed.length / (roundUp(outputs) / block);
        int step = inputs ? block * block : block;
        int from = 0;
        for (int output = 0; output < outputs; output++) {
            int start = output / block * blockSize + output % block;
            for (int input = 0; input < inputChannels; input++) {
                int to = start
                        + (inputs ? (input / block * kernel * block + input % block) * block : input * kernel * block);
                for (int at = 0; at < kernel; at++) {
                    placed[to] = weight[from++];
                    to += step;
                }
            }
        }
        return placed;
    }

    private int roundUp(int channels) {
        return (channels + block - 1) / block * block;
    }
}
