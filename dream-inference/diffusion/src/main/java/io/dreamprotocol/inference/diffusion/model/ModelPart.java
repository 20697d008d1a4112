package io.dreamprotocol.inference.diffusion.model;

/** A network that a model has or may have, under the name of its folder in the Hugging Face ONNX layout. */
public enum ModelPart {
    /** Turns the tokens of a prompt into embeddings. */
    TEXT_ENCODER("text_encoder"),
    /** The larger of the two text encoders of SDXL. */
    TEXT_ENCODER_2("text_encoder_2"),
    /** Predicts the noise in latents. */
    UNET("unet"),
    /** Turns latents into a picture. */
    VAE_DECODER("vae_decoder"),
    /** Turns a picture into latents. */
    VAE_ENCODER("vae_encoder"),
    /** A second denoising network, which finishes what the first one began. */
    REFINER("refiner");

    private final String folder;

    ModelPart(String folder) {
        this.folder = folder;
    }

    /**
     * Returns the name of the part's folder below the model's.
     *
     * @return the name
     */
    public String folder() {
        return folder;
    }
}
