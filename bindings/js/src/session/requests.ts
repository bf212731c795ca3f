// Requests that wait for their answers. What the user asked for outlives a connection: it is kept, in order,
// and said again on the next one. What belongs to one connection (`once`) ends with it.

import { isAnswerTo } from "../protocol/checks.ts";
import { encode } from "../protocol/decode.ts";
import { RequestError } from "../protocol/errors.ts";
import type { Answer, Ask, RequestType } from "../protocol/messages.ts";
import type { Clock } from "./types.ts";

/** Beyond so many that wait, something is wrong with the page: refused with `rate`. */
export const waitingMax = 500;
export const answerTimeoutMs = 10_000;

export interface AskOptions {
    /** Not repeated on another connection; rejects with `ended` when this one goes. */
    readonly once?: boolean;
    /** Part of the handshake: sent although the session is not open yet. Implies `once`. */
    readonly handshake?: boolean;
    readonly timeoutMs?: number;
}

interface Waiting {
    readonly type: RequestType;
    readonly fields: object;
    readonly once: boolean;
    readonly timeoutMs: number;
    readonly resolve: (answer: never) => void;
    readonly reject: (error: RequestError) => void;
    timer: unknown;
    sentAt: number | null;
}

export interface Line {
    send(frame: string): unknown;
    /** When something was last heard. */
    readonly heardAt: number;
}

export class Requests {
    readonly #clock: Clock;
    readonly #suspect: () => void;
    #line: Line | null = null;
    #open = false;
    #next = 1;
    #waiting = new Map<number, Waiting>();

    /** `suspect`: an answer is overdue and nothing at all came since; the line is dead. */
    constructor(clock: Clock, suspect: () => void) {
        this.#clock = clock;
        this.#suspect = suspect;
    }

    get waiting(): number {
        return this.#waiting.size;
    }

    ask<T extends RequestType>(type: T, fields: Ask<T>, options: AskOptions = {}): Promise<Answer<T>> {
        const { handshake = false, once = handshake, timeoutMs = answerTimeoutMs } = options;
        const sends = this.#line !== null && (this.#open || handshake);
        if (once && !sends) return Promise.reject(new RequestError("ended", "there is no connection"));
        if (this.#waiting.size >= waitingMax) {
            return Promise.reject(new RequestError("rate", "too many requests wait for the connection"));
        }
        return new Promise((resolve, reject) => {
            const one: Waiting = {
                type,
                fields,
                once,
                timeoutMs,
                resolve: resolve as (answer: never) => void,
                reject,
                timer: null,
                sentAt: null,
            };
            const id = this.#next++;
            this.#waiting.set(id, one);
            if (sends) this.#send(id, one);
        });
    }

    /** A new line: only the handshake goes over it. */
    attach(line: Line): void {
        this.lose();
        this.#line = line;
    }

    /** The handshake is done: what waits is sent, in the order in which it was asked. */
    open(): void {
        if (this.#open) return;
        this.#open = true;
        const held = [...this.#waiting].filter(([, one]) => one.sentAt === null);
        for (const [id, one] of held) {
            // Each id once a connection, and never the same on two, so that a late answer finds nobody.
            this.#waiting.delete(id);
            const fresh = this.#next++;
            this.#waiting.set(fresh, one);
            this.#send(fresh, one);
        }
    }

    lose(): void {
        this.#line = null;
        this.#open = false;
        for (const [id, one] of [...this.#waiting]) {
            this.#clock.clearTimeout(one.timer);
            one.sentAt = null;
            if (!one.once) continue;
            this.#waiting.delete(id);
            one.reject(new RequestError("ended", "the connection ended before the answer"));
        }
    }

    /** The session is over: nobody will be answered. */
    end(why: string): void {
        this.lose();
        const all = [...this.#waiting.values()];
        this.#waiting.clear();
        for (const one of all) one.reject(new RequestError("ended", why));
    }

    answered(id: number, body: Record<string, unknown>): void {
        const one = this.#take(id);
        if (one === null) return;
        if (isAnswerTo(one.type, body)) one.resolve(body as never);
        else one.reject(new RequestError("bad_message", `the server's answer to ${one.type} cannot be used`));
    }

    refused(id: number, error: RequestError): void {
        this.#take(id)?.reject(error);
    }

    #take(id: number): Waiting | null {
        const one = this.#waiting.get(id);
        if (one === undefined) return null;
        this.#waiting.delete(id);
        this.#clock.clearTimeout(one.timer);
        return one;
    }

    #send(id: number, one: Waiting): void {
        one.sentAt = this.#clock.now();
        one.timer = this.#clock.setTimeout(() => this.#overdue(id, one), one.timeoutMs);
        this.#line?.send(encode(one.type, id, one.fields));
    }

    #overdue(id: number, one: Waiting): void {
        if (one.sentAt !== null && this.#line !== null && this.#line.heardAt <= one.sentAt) {
            this.#suspect();
            return;
        }
        this.#take(id)?.reject(new RequestError("timeout", `no answer to ${one.type} in time`));
    }
}
