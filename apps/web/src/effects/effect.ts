// What an effect is: something between a device and what is sent of it.

export interface Effect {
    /** What to send, as soon as there is something in it. Rejects where it cannot be made, or was stopped before. */
    readonly track: Promise<MediaStreamTrack>;
    /** Ends it and what it made. The device's own track stays as it is. */
    stop(): void;
}

/** `broken`: it worked, and does no longer. When the device ends, so does the track that was made of it. */
export type StartEffect = (from: MediaStreamTrack, broken: () => void) => Effect;

/** What is to be undone at the end, the last first. What comes after the end is undone at once. */
export class Cleanup {
    /** Rejects at the end: nobody need wait for what will not come. */
    readonly over: Promise<never>;
    readonly #steps: (() => void)[] = [];
    #over = false;

    constructor() {
        this.over = new Promise((_, reject) => this.#steps.push(() => reject(new Error("stopped"))));
        this.over.catch(() => undefined);
    }

    add(step: () => void): void {
        if (this.#over) step();
        else this.#steps.push(step);
    }

    run(): void {
        this.#over = true;
        for (const step of this.#steps.splice(0).reverse()) step();
    }
}

/** Lets `made` end as a device's track does: `stop` alone tells nobody. */
export function endTogether(from: MediaStreamTrack, made: MediaStreamTrack, cleanup: Cleanup): void {
    const end = (): void => {
        made.stop();
        made.dispatchEvent(new Event("ended"));
    };
    from.addEventListener("ended", end);
    cleanup.add(() => {
        from.removeEventListener("ended", end);
        made.stop();
    });
}

/** Rejects when it takes longer: a spinner without an end is no answer. */
export function within<T>(ms: number, what: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`nothing came within ${ms} ms`)), ms);
        what.then(resolve, reject).finally(() => clearTimeout(timer));
    });
}
