import type { Clock } from "./types.ts";

/** Time of the machine. */
export const systemClock: Clock = {
    now: () => Date.now(),
    setTimeout: (run, ms) => globalThis.setTimeout(run, ms),
    clearTimeout: (timer) => globalThis.clearTimeout(timer as number),
};

/** One timer that can be armed anew; forgets the time before. */
export class Alarm {
    readonly #clock: Clock;
    #timer: unknown = null;

    constructor(clock: Clock) {
        this.#clock = clock;
    }

    get armed(): boolean {
        return this.#timer !== null;
    }

    set(ms: number, run: () => void): void {
        this.clear();
        this.#timer = this.#clock.setTimeout(() => {
            this.#timer = null;
            run();
        }, ms);
    }

    clear(): void {
        if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
        this.#timer = null;
    }
}
