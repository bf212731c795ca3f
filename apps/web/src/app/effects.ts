// The effects that a page offers. Their code and models are fetched when one is switched on.

import type { Effect, StartEffect } from "../effects/effect.ts";

export interface Effects {
    readonly noise: StartEffect;
    readonly blur: StartEffect;
}

export const effects: Effects = {
    noise: lazily(async () => (await import("../effects/noise.ts")).startNoise),
    blur: lazily(async () => (await import("../effects/blur.ts")).startBlur),
};

/** An effect whose code is fetched when it is wanted, and not before. */
export function lazily(fetch: () => Promise<StartEffect>): StartEffect {
    return (from, broken) => {
        let started: Effect | null = null;
        let stopped = false;
        return {
            track: fetch().then((start) => {
                if (stopped) throw new Error("stopped");
                started = start(from, broken);
                return started.track;
            }),
            stop: () => {
                stopped = true;
                started?.stop();
            },
        };
    };
}
