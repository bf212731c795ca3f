// What a reload of the page finds: the way back into the room as the same person. Storage may be forbidden or
// full (private windows); then there is just no way back.

import type { Clock, KeyValueStore, SavedSession } from "./types.ts";

interface Saved extends SavedSession {
    readonly resume: string;
}

const goodForMs = 24 * 3600 * 1000;

export class SavedSessions {
    readonly #store: KeyValueStore | null;
    readonly #key: string;
    readonly #clock: Clock;

    constructor(store: KeyValueStore | null, address: string, clock: Clock) {
        this.#store = store;
        this.#key = `libconf.session ${address}`;
        this.#clock = clock;
    }

    read(): Saved | null {
        try {
            const saved: unknown = JSON.parse(this.#store?.getItem(this.#key) ?? "null");
            if (typeof saved !== "object" || saved === null) return null;
            const { resume, name, at } = saved as Partial<Saved>;
            if (typeof resume !== "string" || typeof name !== "string" || typeof at !== "number") return null;
            return this.#clock.now() - at < goodForMs ? { resume, name, at } : null;
        } catch {
            return null;
        }
    }

    write(resume: string, name: string): void {
        try {
            this.#store?.setItem(this.#key, JSON.stringify({ resume, name, at: this.#clock.now() }));
        } catch {
            // Full or forbidden.
        }
    }

    remove(): void {
        try {
            this.#store?.removeItem(this.#key);
        } catch {
            // Forbidden.
        }
    }
}
