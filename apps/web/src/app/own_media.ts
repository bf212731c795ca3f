// Our own camera, microphone and screen: opened, switched, silenced, and what went wrong with them.

import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import {
    DeviceError,
    type Client,
    type DeviceErrorCode,
    type DeviceKind,
    type Noise,
    type Source,
} from "@libconf/client";
import type { Effect } from "../effects/effect.ts";
import { t, type Key } from "../i18n/index.ts";
import { toast } from "../kit/index.ts";
import { effects as pageEffects, type Effects } from "./effects.ts";
import { settings } from "./settings.ts";

export interface Own {
    /** Wished for; the track may be on its way, or there may be none. */
    readonly wanted: boolean;
    /** What the microphone gives, before an effect; what others see of the camera, after it. */
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
    /** The blur is being fetched, or makes its first picture. */
    readonly preparing = signal(false);
    readonly #client: Client;
    readonly #effects: Effects;
    readonly #off: readonly (() => void)[];
    /** Of the latest opening of each kind; one that was overtaken is stopped. */
    readonly #turn = { microphone: 0, camera: 0 };
    #asked = 0;
    #denoise: Effect | null = null;
    #blur: Effect | null = null;
    /** What the camera itself gives. */
    #bare: MediaStreamTrack | null = null;

    constructor(client: Client, effects: Effects = pageEffects) {
        this.#client = client;
        this.#effects = effects;
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

    setNoise(noise: Noise): Promise<void> {
        settings.noise.value = noise;
        return this.#processAnew();
    }

    setMusic(on: boolean): Promise<void> {
        settings.music.value = on;
        return this.#processAnew();
    }

    /** Closed first: in Chromium a microphone that is open keeps its processing, whatever else is asked for. */
    #processAnew(): Promise<void> {
        this.microphone.value.track?.stop();
        return this.renew("microphone");
    }

    /** Small pictures, ours and the others'. */
    setSaver(on: boolean): Promise<void> {
        settings.saver.value = on;
        return this.renew("camera");
    }

    /** The camera goes on; only what is sent of it changes. */
    async setBlur(on: boolean): Promise<void> {
        settings.blur.value = on;
        const bare = this.#bare;
        // While it is being opened the switch is read when it is there.
        if (bare === null) return;
        const turn = (this.#turn.camera += 1);
        const track = on ? await this.#blurred(bare, "entry.blur-failed") : bare;
        if (this.#turn.camera !== turn || track === null) return;
        await this.#sendCamera(track);
        if (!on && this.#turn.camera === turn) this.#stopBlur();
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
        for (const track of [this.microphone.value.track, screen.track, screen_audio.track]) track?.stop();
        this.#denoise?.stop();
        this.#denoise = null;
        this.#letGoOfCamera();
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
        if (wants.camera) this.#letGoOfCamera();
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
            else await this.#takeCamera(track, error, turns[i]!);
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
        const denoiseBefore = this.#denoise;
        this.#denoise = null;
        this.microphone.value = { wanted: before.wanted, track, error: null };
        // Muted first: not a word gets out that was not meant to.
        if (!before.wanted) await media.setMuted("microphone", true);
        await this.#sendMicrophone(track);
        // The old one goes when the new one is sent: nobody hears a gap.
        before.track?.stop();
        denoiseBefore?.stop();
        if (this.microphone.value.track !== track) return;
        if (settings.noise.value === "strong" && !settings.music.value) void this.#removeNoise(track);
    }

    async #sendMicrophone(track: MediaStreamTrack): Promise<void> {
        const { media } = this.#client;
        try {
            await media.setMicrophone(track, { music: settings.music.value });
            if (this.microphone.value.wanted) await media.setMuted("microphone", false);
        } catch {
            // The room does not allow it; then it is muted.
            this.microphone.value = { ...this.microphone.value, wanted: false };
        }
    }

    /** The bare microphone is heard until the cleaned one is there; when that fails, the browser does it. */
    async #removeNoise(bare: MediaStreamTrack): Promise<void> {
        const isCurrent = (): boolean => this.#denoise === effect;
        const fallBack = (): void => {
            if (!isCurrent()) return;
            settings.noise.value = "browser";
            toast(t("entry.noise-failed"), { kind: "bad", key: "noise" });
            void this.#processAnew();
        };
        const effect = this.#effects.noise(bare, fallBack);
        this.#denoise = effect;
        let cleaned: MediaStreamTrack;
        try {
            cleaned = await effect.track;
        } catch {
            return fallBack();
        }
        if (!isCurrent()) return;
        await this.#sendMicrophone(cleaned);
        // From here on a mute is the cleaned track's; the one below must give it what it takes.
        if (isCurrent()) bare.enabled = true;
    }

    async #takeCamera(
        bare: MediaStreamTrack | null,
        error: DeviceErrorCode | null,
        turn: number,
    ): Promise<void> {
        const { media } = this.#client;
        this.#bare = bare;
        // Whoever wished for a blurred room is not shown in a sharp one, not even for a moment.
        const blurs = bare !== null && settings.blur.value;
        const track = blurs ? await this.#blurred(bare, "entry.blur-failed-off") : bare;
        if (this.#turn.camera !== turn) return;
        if (blurs && track === null) return this.setCamera(false);
        try {
            await this.#sendCamera(track, error);
            if (track !== null) await media.setMuted("camera", false);
        } catch {
            this.#closeCamera(none);
            await media.setCamera(null);
        }
    }

    async #sendCamera(track: MediaStreamTrack | null, error: DeviceErrorCode | null = null): Promise<void> {
        this.camera.value = { wanted: track !== null, track, error };
        await this.#client.media.setCamera(track);
    }

    /** Null: it did not work, and that sentence was said; or something else has come in between. */
    async #blurred(bare: MediaStreamTrack, sentence: Key): Promise<MediaStreamTrack | null> {
        const isCurrent = (): boolean => this.#blur === effect;
        const fail = (why: Key): void => {
            settings.blur.value = false;
            toast(t(why), { kind: "bad", key: "blur" });
        };
        const effect = this.#effects.blur(bare, () => {
            if (!isCurrent()) return;
            fail("entry.blur-broke");
            void this.setCamera(false);
        });
        this.#stopBlur();
        this.#blur = effect;
        this.preparing.value = true;
        try {
            const made = await effect.track;
            return isCurrent() ? made : null;
        } catch {
            if (isCurrent()) {
                this.#blur = null;
                fail(sentence);
            }
            return null;
        } finally {
            if (isCurrent() || this.#blur === null) this.preparing.value = false;
        }
    }

    #stopBlur(): void {
        this.#blur?.stop();
        this.#blur = null;
        this.preparing.value = false;
    }

    #letGoOfCamera(): void {
        this.#stopBlur();
        this.#bare?.stop();
        this.#bare = null;
    }

    #closeCamera(becomes: Own): void {
        this.#turn.camera += 1;
        this.#letGoOfCamera();
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
        if (source === "microphone") {
            this.#denoise?.stop();
            this.#denoise = null;
            this.microphone.value = { ...none, error: "missing" };
        }
        if (source === "camera") this.#closeCamera({ ...none, error: "missing" });
        if (source === "screen") void this.stopScreen().catch(() => undefined);
    }
}
