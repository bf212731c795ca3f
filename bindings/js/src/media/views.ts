// What we want to see, told at most every 100 ms and only when it has changed.

import type { RequestError } from "../protocol/errors.ts";
import type { PersonId, WireView } from "../protocol/types.ts";
import { Alarm } from "../session/clock.ts";
import type { Clock } from "../session/types.ts";
import type { ViewWish } from "./types.ts";

export const viewIntervalMs = 100;
export const viewsMax = 100;
const tryAgainMs = 1000;

/** One entry a picture, the largest wish of several; most important first. Nobody asks for himself. */
export function toWire(wishes: readonly ViewWish[], self: PersonId | null): WireView[] {
    const made = new Map<string, WireView>();
    for (const wish of wishes) {
        if (wish.participant === self) continue;
        const { participant, source } = wish;
        const key = `${participant} ${source}`;
        const height = Math.max(neededHeight(wish), made.get(key)?.height ?? 0);
        made.set(key, { participant, source, height });
    }
    return [...made.values()].slice(0, viewsMax);
}

/** A camera fills its tile and is cut; a screen is shown whole, so a narrow tile needs less of it. */
function neededHeight({ source, width, height }: ViewWish): number {
    const needed = source === "screen" ? Math.min(height, (width * 9) / 16) : height;
    // 0 would mean the largest there is.
    return Math.max(1, Math.min(Math.ceil(needed), 4320));
}

export interface ViewsSetup {
    readonly clock: Clock;
    readonly self: () => PersonId | null;
    readonly say: (videos: readonly WireView[]) => Promise<unknown>;
    readonly problem: (error: RequestError) => void;
}

export class Views {
    readonly #setup: ViewsSetup;
    readonly #alarm: Alarm;
    #wishes: readonly ViewWish[] = [];
    #said: string | null = null;
    #saidAt = Number.NEGATIVE_INFINITY;
    #open = false;

    constructor(setup: ViewsSetup) {
        this.#setup = setup;
        this.#alarm = new Alarm(setup.clock);
    }

    want(wishes: readonly ViewWish[]): void {
        this.#wishes = [...wishes];
        this.#plan();
    }

    /** A server that knows nothing of our wishes yet. */
    open(): void {
        this.#open = true;
        this.#said = null;
        this.#plan();
    }

    close(): void {
        this.#open = false;
        this.#alarm.clear();
    }

    #plan(): void {
        if (!this.#open || this.#alarm.armed) return;
        const since = this.#setup.clock.now() - this.#saidAt;
        // Never at once: a page lays out its tiles one by one, and all of one turn are one message.
        this.#alarm.set(Math.max(0, viewIntervalMs - since), () => this.#say());
    }

    #say(): void {
        const videos = toWire(this.#wishes, this.#setup.self());
        const text = JSON.stringify(videos);
        const untold = this.#said === null && videos.length === 0;
        if (text === this.#said || untold) return;
        this.#said = text;
        this.#saidAt = this.#setup.clock.now();
        this.#setup.say(videos).catch((error: RequestError) => {
            if (error.code === "ended") return;
            this.#said = null;
            if (error.code !== "rate" && error.code !== "timeout") return this.#setup.problem(error);
            if (this.#open) this.#alarm.set(tryAgainMs, () => this.#say());
        });
    }
}
