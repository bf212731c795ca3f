// Three states and "lost", with the reason. Gets worse after two bad samples, better after three good ones,
// so that one lost packet is no news.

import type { LinkSample } from "./read_stats.ts";
import type { Quality, QualityReason, QualityState, TransportState } from "./types.ts";

interface Threshold {
    readonly reason: QualityReason;
    readonly value: (sample: LinkSample) => number | null;
    readonly fair: number;
    readonly poor: number;
}

/** The first one that is crossed most badly gives the reason. */
const thresholds: readonly Threshold[] = [
    { reason: "loss", value: (sample) => sample.loss, fair: 0.04, poor: 0.1 },
    { reason: "delay", value: (sample) => sample.roundTripMs, fair: 400, poor: 1000 },
    { reason: "jitter", value: (sample) => sample.jitterMs, fair: 40, poor: 100 },
];

const order: readonly QualityState[] = ["good", "fair", "poor", "lost"];
const worseAfter = 2;
const betterAfter = 3;

export function judge(sample: LinkSample): Quality {
    let worst: Quality = { state: "good", reason: null };
    const consider = (state: QualityState, reason: QualityReason): void => {
        if (order.indexOf(state) > order.indexOf(worst.state)) worst = { state, reason };
    };
    for (const { reason, value, fair, poor } of thresholds) {
        const measured = value(sample);
        if (measured === null) continue;
        if (measured >= poor) consider("poor", reason);
        else if (measured >= fair) consider("fair", reason);
    }
    if (sample.limitation === "bandwidth") consider("fair", "uplink");
    if (sample.limitation === "cpu") consider("fair", "cpu");
    return worst;
}

/** Whether there is nothing to measure since the way itself is broken. */
export function broken(
    signalling: boolean,
    publish: TransportState,
    receive: TransportState,
): Quality | null {
    const ill = (state: TransportState): boolean => state === "interrupted" || state === "failed";
    if (ill(publish) || ill(receive)) return { state: "lost", reason: "path" };
    return signalling ? null : { state: "lost", reason: "signalling" };
}

export class QualityMeter {
    #shown: Quality = { state: "good", reason: null };
    #run = 0;
    #direction = 0;

    add(sample: LinkSample): Quality {
        const now = judge(sample);
        const direction = Math.sign(order.indexOf(now.state) - order.indexOf(this.#shown.state));
        this.#run = direction === this.#direction ? this.#run + 1 : 1;
        this.#direction = direction;
        if (direction === 0) this.#shown = now;
        else if (this.#run >= (direction > 0 ? worseAfter : betterAfter)) {
            this.#shown = now;
            this.#run = 0;
            this.#direction = 0;
        }
        return this.#shown;
    }
}
