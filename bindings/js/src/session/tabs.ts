// Two tabs of one browser in the same room. They talk over a BroadcastChannel, which never leaves the origin.

import type { Clock } from "./types.ts";

/** What one tab hands to another, so that the visit goes on there. */
export interface HandOver {
    readonly resume: string;
    readonly name: string;
}

type Word =
    | { readonly say: "who"; readonly from: string }
    | { readonly say: "here"; readonly to: string }
    | { readonly say: "give"; readonly from: string }
    | { readonly say: "take"; readonly to: string; readonly session: HandOver };

/** Tabs that live answer at once; those in the background within this time. */
export const tabAnswerMs = 200;

export class Tabs {
    readonly #channel: BroadcastChannel | null;
    readonly #clock: Clock;
    readonly #own: () => HandOver | null;
    readonly #me: string;
    #heard: ((word: Word) => void) | null = null;

    /** `own`: what this tab could hand over; null while it is not in the room. */
    constructor(
        ctor: typeof BroadcastChannel | null,
        address: string,
        clock: Clock,
        random: () => number,
        own: () => HandOver | null,
    ) {
        this.#clock = clock;
        this.#own = own;
        this.#me = random().toString(36).slice(2) + clock.now().toString(36);
        this.#channel = ctor === null ? null : new ctor(`libconf ${address}`);
        // In Node an open channel would keep the process alive.
        (this.#channel as { unref?: () => void } | null)?.unref?.();
        if (this.#channel !== null) this.#channel.onmessage = (event) => this.#hear(event.data as Word);
    }

    /** Whether another tab is in this room. */
    async isOpenElsewhere(): Promise<boolean> {
        return (await this.#ask({ say: "who", from: this.#me }, "here")) !== null;
    }

    /** The visit of another tab, if there is one; it ends there when it is resumed here. */
    async takeOver(): Promise<HandOver | null> {
        const word = await this.#ask({ say: "give", from: this.#me }, "take");
        return word?.say === "take" ? word.session : null;
    }

    close(): void {
        this.#channel?.close();
    }

    #ask(word: Word, expected: Word["say"]): Promise<Word | null> {
        if (this.#channel === null) return Promise.resolve(null);
        return new Promise((resolve) => {
            const done = (answer: Word | null): void => {
                this.#heard = null;
                this.#clock.clearTimeout(timer);
                resolve(answer);
            };
            const timer = this.#clock.setTimeout(() => done(null), tabAnswerMs);
            this.#heard = (answer) => {
                if (answer.say === expected) done(answer);
            };
            this.#channel?.postMessage(word);
        });
    }

    #hear(word: Word): void {
        if (word.say === "here" || word.say === "take") {
            if (word.to === this.#me) this.#heard?.(word);
            return;
        }
        const session = this.#own();
        if (session === null) return;
        const answer: Word =
            word.say === "who" ? { say: "here", to: word.from } : { say: "take", to: word.from, session };
        this.#channel?.postMessage(answer);
    }
}
