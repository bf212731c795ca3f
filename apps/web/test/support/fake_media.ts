// Tracks, devices, a client's media and effects, as far as OwnMedia sees them.

import { signal } from "@preact/signals";
import type { Client, OpenOptions } from "@libconf/client";
import type { Effects } from "../../src/app/effects.ts";

export class FakeTrack extends EventTarget {
    readyState: "live" | "ended" = "live";
    enabled = true;
    readonly label: string;

    constructor(label: string) {
        super();
        this.label = label;
    }

    stop(): void {
        this.readyState = "ended";
    }

    get isStopped(): boolean {
        return this.readyState === "ended";
    }
}

export function real(track: FakeTrack): MediaStreamTrack {
    return track as unknown as MediaStreamTrack;
}

interface Answer {
    readonly microphone?: FakeTrack | null;
    readonly camera?: FakeTrack | null;
    readonly errors?: { readonly microphone?: string; readonly camera?: string };
}

/** A question to the user that waits for its answer. */
export class Asked {
    readonly options: OpenOptions;
    readonly #resolve: (opened: unknown) => void;

    constructor(options: OpenOptions, resolve: (opened: unknown) => void) {
        this.options = options;
        this.#resolve = resolve;
    }

    answer(with_: Answer): void {
        const error = (code?: string) => (code === undefined ? null : { code });
        this.#resolve({
            microphone: with_.microphone ?? null,
            camera: with_.camera ?? null,
            errors: { microphone: error(with_.errors?.microphone), camera: error(with_.errors?.camera) },
        });
    }
}

export class FakeRoom {
    readonly asked: Asked[] = [];
    /** What was given to be sent, in order: "camera blurred", "microphone none". */
    readonly sent: string[] = [];
    /** The room says no to what turns something on. */
    refuses: Error | null = null;
    screen: FakeTrack = new FakeTrack("screen");
    readonly #handlers = new Map<string, (event: unknown) => void>();

    readonly client = {
        on: (type: string, handler: (event: unknown) => void) => {
            this.#handlers.set(type, handler);
            return () => this.#handlers.delete(type);
        },
        media: {
            own: signal({ screen: { on: false, track: null }, screen_audio: { on: false, track: null } }),
            setMicrophone: (track: FakeTrack | null) => this.#send("microphone", track),
            setCamera: (track: FakeTrack | null) => this.#send("camera", track),
            setScreen: (track: FakeTrack | null) => this.#send("screen", track),
            setMuted: (_: string, muted: boolean) => this.#allow(!muted),
        },
        devices: {
            open: (options: OpenOptions) =>
                new Promise((resolve) => this.asked.push(new Asked(options, resolve))),
            openScreen: () => Promise.resolve({ picture: this.screen, sound: null }),
            choose: () => undefined,
        },
    } as unknown as Client;

    /** What the client tells its page. */
    tell(type: "muted" | "track-ended", event: object): void {
        this.#handlers.get(type)?.(event);
    }

    async #send(source: string, track: FakeTrack | null): Promise<void> {
        this.sent.push(`${source} ${track?.label ?? "none"}`);
        await this.#allow(track !== null);
    }

    #allow(on: boolean): Promise<void> {
        return on && this.refuses !== null ? Promise.reject(this.refuses) : Promise.resolve();
    }
}

/** An effect whose track comes when the test says so. */
export class FakeEffect {
    readonly made: FakeTrack;
    isStopped = false;
    readonly breakDown: () => void;
    readonly track: Promise<MediaStreamTrack>;
    #resolve: (track: MediaStreamTrack) => void = () => undefined;
    #reject: (error: Error) => void = () => undefined;

    constructor(of: string, broken: () => void) {
        this.made = new FakeTrack(of);
        this.breakDown = broken;
        this.track = new Promise((resolve, reject) => {
            this.#resolve = resolve;
            this.#reject = reject;
        });
        this.track.catch(() => undefined);
    }

    work(): void {
        this.#resolve(real(this.made));
    }

    fail(): void {
        this.#reject(new Error("no WebAssembly here"));
    }

    stop(): void {
        this.isStopped = true;
        this.made.stop();
        this.#reject(new Error("stopped"));
    }
}

export class FakeEffects implements Effects {
    readonly blurs: FakeEffect[] = [];
    readonly noises: FakeEffect[] = [];

    blur = (from: MediaStreamTrack, broken: () => void): FakeEffect =>
        this.#start(this.blurs, `blurred ${from.label}`, broken);
    noise = (from: MediaStreamTrack, broken: () => void): FakeEffect =>
        this.#start(this.noises, `cleaned ${from.label}`, broken);

    #start(among: FakeEffect[], name: string, broken: () => void): FakeEffect {
        const made = new FakeEffect(name, broken);
        among.push(made);
        return made;
    }
}
