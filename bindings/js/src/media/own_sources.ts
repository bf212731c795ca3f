// What we have to send: a track and a mute for each source. Knows nothing of transports.

import { signal, type ReadonlySignal } from "@preact/signals-core";
import type { Source } from "../protocol/types.ts";
import { defaultOptions, sourcesInOrder, type SendingOptions } from "./publisher.ts";
import type { OwnSource, OwnSources } from "./types.ts";

interface Slot {
    track: MediaStreamTrack | null;
    muted: boolean;
    options: SendingOptions;
    unhook: () => void;
}

const nothing: OwnSource = { track: null, on: false };

export class OwnSourceBook {
    readonly all: ReadonlySignal<OwnSources>;
    readonly #all = signal<OwnSources>({
        microphone: nothing,
        camera: nothing,
        screen: nothing,
        screen_audio: nothing,
    });
    readonly #slots: ReadonlyMap<Source, Slot>;
    readonly #trackEnded: (source: Source) => void;

    constructor(trackEnded: (source: Source) => void) {
        this.#trackEnded = trackEnded;
        this.all = this.#all;
        this.#slots = new Map(
            sourcesInOrder.map((source) => [
                source,
                { track: null, muted: false, options: defaultOptions, unhook: () => undefined },
            ]),
        );
    }

    track(source: Source): MediaStreamTrack | null {
        return this.#slot(source).track;
    }

    options(source: Source): SendingOptions {
        return this.#slot(source).options;
    }

    isOn(source: Source): boolean {
        const slot = this.#slot(source);
        return slot.track !== null && !slot.muted;
    }

    /**
     * A mute stays for the next track, so that a microphone that was muted while it was being opened opens
     * muted. Giving a source up ends its mute: who brings a new track later means to be seen.
     */
    set(source: Source, track: MediaStreamTrack | null, options: Partial<SendingOptions>): void {
        const slot = this.#slot(source);
        slot.unhook();
        slot.unhook = () => undefined;
        slot.track = track;
        slot.options = { ...defaultOptions, ...options };
        if (track === null) slot.muted = false;
        else {
            track.enabled = !slot.muted;
            const ended = (): void => this.#trackEnded(source);
            track.addEventListener("ended", ended);
            slot.unhook = () => track.removeEventListener("ended", ended);
        }
        this.#publish(source);
    }

    setMuted(source: Source, muted: boolean): void {
        const slot = this.#slot(source);
        slot.muted = muted;
        if (slot.track !== null) slot.track.enabled = !muted;
        this.#publish(source);
    }

    #publish(source: Source): void {
        const slot = this.#slot(source);
        this.#all.value = {
            ...this.#all.value,
            [source]: { track: slot.track, on: this.isOn(source) },
        };
    }

    #slot(source: Source): Slot {
        const slot = this.#slots.get(source);
        if (slot === undefined) throw new TypeError(`no such source: ${source}`);
        return slot;
    }
}
