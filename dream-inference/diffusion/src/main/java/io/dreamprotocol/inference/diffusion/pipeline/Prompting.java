package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.image.Cancellation;

/** What the networks are told at each call because of a request's prompts. Belongs to one thread. */
interface Prompting {
    /** The predictions of each call, the same for all calls. */
    PredictionRows rows();

    /** How many tokens each prediction is told. */
    int tokens();

    /**
     * What the networks are told at a call; the same object for neighbouring calls that are told the same.
     *
     * @param call the call, from 0 for the first that runs
     */
    Conditioning at(int call, Cancellation cancellation);
}
