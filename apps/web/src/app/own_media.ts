// Our own camera, microphone and screen: opened, switched, silenced, and what went wrong with them.

import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import {
    DeviceError,
    type Client,
    type DeviceErrorCode,
    type DeviceKind,
    type Source,
} from "@libconf/client";
import { settings } from "./settings.ts";

export interface Own {
    /** Wished for; the track may be on its way, or there may be none. */
    readonly wanted: boolean;
    readonly track: MediaStreamTrack | null;
    readonly error: DeviceErrorCode | null;
}

const none: Own = { wanted: false, track: null, error: null };
type Kind = "microphone" | "camera";

/**
 * One for each visit of a room. The microphone stays open while muted; the camera is closed, so its light goes
 * out. Nothing stays open that nobody asked for: what comes too late is stopped at once.
 */
export class OwnMedia {
    readonly microphone: Signal<Own>;
    readonly camera: Signal<Own>;
    readonly screen: ReadonlySignal<boolean>;
    /** The browser's question has not been answered yet. */
    readonly asking = signal(false);
    readonly #client: Client;
    readonly #off: readonly (() => void)[];
    /** Of the latest opening of each kind; one that was overtaken is stopped. */
    readonly #turn = { microphone: 0, camera: 0 };
    #asked = 0;

    constructor(client: Client) {
        this.#client = client;
        this.microphone = signal({ ...none, wanted: settings.microphoneOn.value });
        this.camera = signal({ ...none, wanted: settings.cameraOn.value });
        this.screen = computed(() => client.media.own.value.screen.on);
        this.#off = [
            client.on("muted", ({ source }) => this.#turnedOff(source)),
            client.on("track-ended", ({ source }) => this.#ended(source)),
        ];
    }

    /** Asks for what is wished, both in one question. */
    async start(): Promise<void> {
        for (const kind of ["microphone", "camera"] as const) {
            const wished = kind === "microphone" ? settings.microphoneOn.value : settings.cameraOn.value;
            if (this[kind].value.track === null) this[kind].value = { ...none, wanted: wished };
        }
        await this.#open({ microphone: this.microphone.value.wanted, camera: this.camera.value.wanted });
    }

    /** Rejects where the room does not allow it; then it is off as before. */
    async setMicrophone(on: boolean): Promise<void> {
        const { track, wanted } = this.microphone.value;
        settings.microphoneOn.value = on;
        this.microphone.value = { ...this.microphone.value, wanted: on };
        if (on && track === null) return this.#open({ microphone: true, camera: false });
        try {
            await this.#client.media.setMuted("microphone", !on);
        } catch (error) {
            this.microphone.value = { ...this.microphone.value, wanted };
            throw error;
        }
    }

    async setCamera(on: boolean): Promise<void> {
        settings.cameraOn.value = on;
        if (on) {
            this.camera.value = { ...this.camera.value, wanted: true };
            return this.#open({ microphone: false, camera: true });
        }
        this.#closeCamera(none);
        await this.#client.media.setCamera(null);
    }

    /** Another device, other processing of the same, or once more after a fault. */
    async renew(kind: Kind): Promise<void> {
        const own = this[kind].value;
        if (own.track === null && !own.wanted && own.error === null) return;
        if (own.error !== null) this[kind].value = { ...own, wanted: true };
        await this.#open({ microphone: kind === "microphone", camera: kind === "camera" });
    }

    choose(kind: DeviceKind, id: string | null): Promise<void> {
        this.#client.devices.choose(kind, id);
        return kind === "speaker" ? Promise.resolve() : this.renew(kind);
    }

    /** Null: it is shared now, or the user thought better of it; else why not. Rejects where the room refuses. */
    async shareScreen(kind: "text" | "motion", sound: boolean): Promise<DeviceErrorCode | null> {
        const { devices, media } = this.#client;
        try {
            const opened = await devices.openScreen({ kind, sound });
            if (opened === null) return null;
            try {
                await this.stopScreen();
                await media.setScreen(opened.picture, opened.sound, { kind });
            } catch (error) {
                opened.picture.stop();
                opened.sound?.stop();
                throw error;
            }
            return null;
        } catch (error) {
            if (error instanceof DeviceError) return error.code;
            throw error;
        }
    }

    async stopScreen(): Promise<void> {
        const { screen, screen_audio } = this.#client.media.own.value;
        screen.track?.stop();
        screen_audio.track?.stop();
        if (screen.track !== null) await this.#client.media.setScreen(null);
    }

    /** Lets go of every device; `start` opens them again. */
    close(): void {
        this.#turn.microphone += 1;
        this.#turn.camera += 1;
        const { screen, screen_audio } = this.#client.media.own.value;
        for (const track of [
            this.microphone.value.track,
            this.camera.value.track,
            screen.track,
            screen_audio.track,
        ])
            track?.stop();
        this.microphone.value = none;
        this.camera.value = none;
    }

    dispose(): void {
        for (const off of this.#off) off();
        this.close();
    }

    async #open(wants: { readonly [kind in Kind]: boolean }): Promise<void> {
        const kinds = (["microphone", "camera"] as const).filter((kind) => wants[kind]);
        if (kinds.length === 0) return;
        const turns = kinds.map((kind) => (this.#turn[kind] += 1));
        for (const kind of kinds) this[kind].value = { ...this[kind].value, error: null };
        // Some cameras cannot be opened twice.
        if (wants.camera) this.camera.value.track?.stop();
        this.#asked += 1;
        this.asking.value = true;
        const opened = await this.#client.devices.open({
            microphone: wants.microphone && { music: settings.music.value, noise: settings.noise.value },
            camera: wants.camera && { small: settings.saver.value },
        });
        this.#asked -= 1;
        this.asking.value = this.#asked > 0;
        for (const [i, kind] of kinds.entries()) {
            const track = opened[kind];
            if (this.#turn[kind] !== turns[i]) {
                track?.stop();
                continue;
            }
            const error = opened.errors[kind]?.code ?? null;
            if (kind === "microphone") await this.#takeMicrophone(track, error);
            else await this.#takeCamera(track, error);
        }
    }

    async #takeMicrophone(track: MediaStreamTrack | null, error: DeviceErrorCode | null): Promise<void> {
        const { media } = this.#client;
        const before = this.microphone.value;
        if (track === null) {
            const alive = before.track?.readyState === "live" ? before.track : null;
            this.microphone.value = { wanted: before.wanted && alive !== null, track: alive, error };
            return;
        }
        before.track?.stop();
        this.microphone.value = { wanted: before.wanted, track, error: null };
        // Muted first: not a word gets out that was not meant to.
        if (!before.wanted) await media.setMuted("microphone", true);
        await media.setMicrophone(track, { music: settings.music.value });
        if (!before.wanted) return;
        try {
            await media.setMuted("microphone", false);
        } catch {
            this.microphone.value = { ...this.microphone.value, wanted: false };
        }
    }

    async #takeCamera(track: MediaStreamTrack | null, error: DeviceErrorCode | null): Promise<void> {
        const { media } = this.#client;
        this.camera.value = { wanted: track !== null, track, error };
        await media.setCamera(track);
        if (track === null) return;
        try {
            await media.setMuted("camera", false);
        } catch {
            this.#closeCamera(none);
            await media.setCamera(null);
        }
    }

    #closeCamera(becomes: Own): void {
        this.#turn.camera += 1;
        this.camera.value.track?.stop();
        this.camera.value = becomes;
    }

    /** By a moderator or a lock: it stays so after a reload, too. */
    #turnedOff(source: Source): void {
        if (source === "microphone") {
            settings.microphoneOn.value = false;
            this.microphone.value = { ...this.microphone.value, wanted: false };
        }
        if (source === "camera") {
            settings.cameraOn.value = false;
            this.#closeCamera(none);
            void this.#client.media.setCamera(null).catch(() => undefined);
        }
        if (source === "screen") void this.stopScreen().catch(() => undefined);
    }

    #ended(source: Source): void {
        if (source === "microphone") this.microphone.value = { ...none, error: "missing" };
        if (source === "camera") this.camera.value = { ...none, error: "missing" };
        if (source === "screen") void this.stopScreen().catch(() => undefined);
    }
}
