// What is on the screen, and how large: only that is asked for.

import type { Client, VideoSource, ViewWish } from "@libconf/client";

interface Shown {
    readonly participant: string;
    readonly source: VideoSource;
    readonly width: number;
    readonly height: number;
    /** Small is first to go when the path is narrow. */
    readonly important: boolean;
    /** In a window of its own, which is seen whatever happens to this tab. */
    readonly apart: boolean;
}

const sharpMost = 2;
const saverHeight = 180;

export class Views {
    /** By the place where it is shown. */
    readonly #shown = new Map<symbol, Shown>();
    readonly #client: Client;
    #saver = false;
    #hidden = false;
    #due = false;

    constructor(client: Client) {
        this.#client = client;
    }

    show(place: symbol, what: Shown): void {
        this.#shown.set(place, what);
        this.#soon();
    }

    hide(place: symbol): void {
        if (this.#shown.delete(place)) this.#soon();
    }

    setSaver(on: boolean): void {
        this.#saver = on;
        this.#soon();
    }

    /** The page is not looked at: sound goes on, pictures stop. */
    setHidden(on: boolean): void {
        this.#hidden = on;
        this.#soon();
    }

    #soon(): void {
        if (this.#due) return;
        this.#due = true;
        queueMicrotask(() => {
            this.#due = false;
            this.#client.media.requestView(this.wishes(globalThis.devicePixelRatio ?? 1));
        });
    }

    wishes(density: number): readonly ViewWish[] {
        const scale = Math.min(density, sharpMost) * 0.9;
        const seen = [...this.#shown.values()].filter((one) => one.apart || !this.#hidden);
        const all = seen.sort((a, b) => Number(b.important) - Number(a.important));
        return all
            .filter((one) => !this.#saver || one.important || one.source === "screen")
            .map(({ participant, source, width, height }) => {
                const factor =
                    this.#saver && source === "camera"
                        ? Math.min(scale, saverHeight / Math.max(1, height))
                        : scale;
                return {
                    participant,
                    source,
                    width: Math.round(width * factor),
                    height: Math.round(height * factor),
                };
            });
    }
}
