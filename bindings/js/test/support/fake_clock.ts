import type { Clock } from "../../src/session/types.ts";

interface Timer {
    readonly at: number;
    readonly run: () => void;
}

/** Lets everything that is already decided happen: promises, but no time. */
export function settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
}

export class FakeClock implements Clock {
    #now = 1_000_000;
    #next = 1;
    readonly #timers = new Map<number, Timer>();

    now(): number {
        return this.#now;
    }

    setTimeout(run: () => void, ms: number): unknown {
        const id = this.#next++;
        this.#timers.set(id, { at: this.#now + ms, run });
        return id;
    }

    clearTimeout(timer: unknown): void {
        this.#timers.delete(timer as number);
    }

    get pending(): number {
        return this.#timers.size;
    }

    async advance(ms: number): Promise<void> {
        const end = this.#now + ms;
        await settle();
        for (;;) {
            const due = [...this.#timers].filter(([, one]) => one.at <= end);
            due.sort(([a, x], [b, y]) => x.at - y.at || a - b);
            const first = due[0];
            if (first === undefined) break;
            this.#timers.delete(first[0]);
            this.#now = Math.max(this.#now, first[1].at);
            first[1].run();
            await settle();
        }
        this.#now = end;
    }
}
