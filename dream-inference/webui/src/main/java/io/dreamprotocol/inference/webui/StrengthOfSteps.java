package io.dreamprotocol.inference.webui;

/**
 * How the web UI and the protocol say which of the steps run on an image that is not pure noise. Only their number decides where
 * the noise begins; but the web UI runs one step more than the strength's share of them.
 */
final class StrengthOfSteps {
    /** The largest strength with which the web UI reckons. */
    static final double MOST = 0.999;

    private StrengthOfSteps() {}

    /** Returns a strength of the protocol at which so many of all steps run: the wanted one if that does it. */
    static double running(int count, int all, double wanted) {
        if (count >= all) {
            return 1;
        }
        return (int) (all * wanted) == count ? wanted : (count + 0.5) / all;
    }

    /** Returns the protocol's strength for one of the web UI. */
    static double ofWebUi(double strength, int steps) {
        return running((int) (Math.min(strength, MOST) * steps) + 1, steps, strength);
    }
}
