// Who types. The server says it again every 4 s and ends it after 6 s; should its word get lost with a
// connection, we end it ourselves a moment later.

import { signal, type ReadonlySignal } from "@preact/signals-core";
import { Alarm } from "../session/clock.ts";
import type { Clock } from "../session/types.ts";
import type { PersonId } from "../protocol/types.ts";

const forgetAfterMs = 7000;
const repeatMs = 4000;
const stopAfterMs = 5000;

export interface TypingPerson {
    readonly id: PersonId;
    readonly private: boolean;
}

/** The others. */
export class TypingOthers {
    readonly all: ReadonlySignal<readonly TypingPerson[]>;
    readonly #all = signal<readonly TypingPerson[]>([]);
    readonly #ends = new Map<PersonId, Alarm>();
    readonly #clock: Clock;

    constructor(clock: Clock) {
        this.#clock = clock;
        this.all = this.#all;
    }

    heard(id: PersonId, on: boolean, isPrivate: boolean): void {
        if (!on) return this.end(id);
        const known = this.#all.value.find((one) => one.id === id);
        if (known === undefined || known.private !== isPrivate) {
            this.#all.value = [...this.#all.value.filter((one) => one.id !== id), { id, private: isPrivate }];
        }
        let alarm = this.#ends.get(id);
        if (alarm === undefined) this.#ends.set(id, (alarm = new Alarm(this.#clock)));
        alarm.set(forgetAfterMs, () => this.end(id));
    }

    end(id: PersonId): void {
        this.#ends.get(id)?.clear();
        this.#ends.delete(id);
        if (this.#all.value.some((one) => one.id === id)) {
            this.#all.value = this.#all.value.filter((one) => one.id !== id);
        }
    }

    clear(): void {
        for (const alarm of this.#ends.values()) alarm.clear();
        this.#ends.clear();
        this.#all.value = [];
    }
}

/** Ourselves: at each key press we are called, and say as little as the protocol wants. */
export class TypingSelf {
    readonly #clock: Clock;
    readonly #say: (on: boolean, to: PersonId | undefined) => void;
    readonly #stop: Alarm;
    #saidAt: number | null = null;
    #to: PersonId | undefined;

    constructor(clock: Clock, say: (on: boolean, to: PersonId | undefined) => void) {
        this.#clock = clock;
        this.#say = say;
        this.#stop = new Alarm(clock);
    }

    set(on: boolean, to: PersonId | undefined): void {
        if (!on || to !== this.#to) this.#end();
        if (!on) return;
        this.#to = to;
        const now = this.#clock.now();
        if (this.#saidAt === null || now - this.#saidAt >= repeatMs) {
            this.#saidAt = now;
            this.#say(true, to);
        }
        this.#stop.set(stopAfterMs, () => this.#end());
    }

    /** Without a word: the connection is gone, or the message itself says it. */
    reset(): void {
        this.#stop.clear();
        this.#saidAt = null;
        this.#to = undefined;
    }

    #end(): void {
        const said = this.#saidAt !== null;
        const to = this.#to;
        this.reset();
        if (said) this.#say(false, to);
    }
}
