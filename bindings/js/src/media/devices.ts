// Cameras, microphones and loudspeakers: what there is, which were chosen, and how to open them.

import { signal, type ReadonlySignal } from "@preact/signals-core";
import { Emitter } from "../emitter.ts";
import { Alarm, systemClock } from "../session/clock.ts";
import type { Clock, KeyValueStore } from "../session/types.ts";
import { isBlockedBySystem } from "../quirks/system_block.ts";
import {
    cameraConstraints,
    microphoneConstraints,
    screenConstraints,
    type WantedDevice,
} from "./constraints.ts";
import { deviceError } from "./device_errors.ts";
import { DeviceMemory } from "./device_memory.ts";
import { Capture, type CaptureKind, type CaptureRequest } from "./open_devices.ts";
import {
    DeviceError,
    type ChosenDevices,
    type Device,
    type DeviceEvents,
    type DeviceKind,
    type DeviceLists,
    type Devices,
    type Opened,
    type OpenedScreen,
    type OpenOptions,
    type Permission,
    type ScreenOptions,
} from "./types.ts";

export interface DevicesSetup {
    /** Null: this machine has none, or the page is not secure. Default: the browser's. */
    readonly mediaDevices?: MediaDevices | null;
    readonly permissions?: Pick<Permissions, "query"> | null;
    /** Where the choice is remembered. */
    readonly storage?: KeyValueStore | null;
    readonly clock?: Clock;
}

const slowAfterMs = 5000;
/** A headset that is plugged in comes as several devices, one after the other. */
const settleMs = 200;

type Permissions_ = { readonly microphone: Permission; readonly camera: Permission };

export class DeviceBook implements Devices {
    readonly lists: ReadonlySignal<DeviceLists>;
    readonly chosen: ReadonlySignal<ChosenDevices>;
    readonly permissions: ReadonlySignal<Permissions_>;
    readonly slow: ReadonlySignal<boolean>;
    readonly #lists = signal<DeviceLists>({ microphone: [], camera: [], speaker: [] });
    readonly #chosen = signal<ChosenDevices>({ microphone: null, camera: null, speaker: null });
    readonly #permissions = signal<Permissions_>({ microphone: "unknown", camera: "unknown" });
    readonly #slow = signal(false);
    readonly #events = new Emitter<DeviceEvents>();
    readonly #media: MediaDevices | null;
    readonly #query: Pick<Permissions, "query"> | null;
    readonly #clock: Clock;
    readonly #memory: DeviceMemory;
    readonly #settle: Alarm;
    readonly #statuses = new Map<CaptureKind, PermissionStatus>();
    #opening = 0;
    readonly #changed = (): void => this.#settle.set(settleMs, () => void this.refresh());

    constructor(setup: DevicesSetup) {
        const { navigator } = globalThis as { navigator?: Partial<Navigator> };
        this.#media =
            setup.mediaDevices === undefined ? (navigator?.mediaDevices ?? null) : setup.mediaDevices;
        this.#query = setup.permissions === undefined ? (navigator?.permissions ?? null) : setup.permissions;
        this.#clock = setup.clock ?? systemClock;
        this.#memory = new DeviceMemory(setup.storage ?? null);
        this.#settle = new Alarm(this.#clock);
        this.lists = this.#lists;
        this.chosen = this.#chosen;
        this.permissions = this.#permissions;
        this.slow = this.#slow;
        this.#publishChosen();
        this.#media?.addEventListener?.("devicechange", this.#changed);
    }

    on<K extends keyof DeviceEvents>(type: K, handler: (event: DeviceEvents[K]) => void): () => void {
        return this.#events.on(type, handler);
    }

    async refresh(): Promise<void> {
        const before = this.#lists.value;
        const [found] = await Promise.all([this.#enumerate(), this.#readPermissions()]);
        const after: DeviceLists = {
            microphone: found.filter((one) => one.kind === "microphone"),
            camera: found.filter((one) => one.kind === "camera"),
            speaker: found.filter((one) => one.kind === "speaker"),
        };
        this.#lists.value = after;
        for (const kind of ["microphone", "camera", "speaker"] as const) this.#compare(kind, before, after);
    }

    choose(kind: DeviceKind, id: string | null): void {
        const device = id === null ? null : this.#lists.value[kind].find((one) => one.id === id);
        this.#memory.choose(kind, device === undefined ? { id: id ?? "", label: "" } : device);
        this.#publishChosen();
    }

    async open(options: OpenOptions): Promise<Opened> {
        const requests = this.#requests(options);
        if (this.#media?.getUserMedia === undefined) return this.#unsupported(requests);
        const slow = new Alarm(this.#clock);
        this.#opening += 1;
        slow.set(slowAfterMs, () => (this.#slow.value = true));
        try {
            const capture = new Capture(this.#media, this.#clock, (kind) => this.#permission(kind));
            const results = requests.length === 0 ? [] : await capture.open(requests);
            const of = (kind: CaptureKind) => results.find((one) => one.kind === kind);
            return {
                microphone: of("microphone")?.track ?? null,
                camera: of("camera")?.track ?? null,
                errors: {
                    microphone: of("microphone")?.error ?? null,
                    camera: of("camera")?.error ?? null,
                },
            };
        } finally {
            slow.clear();
            this.#opening -= 1;
            if (this.#opening === 0) this.#slow.value = false;
            // Labels and ids are told from now on.
            await this.refresh().catch(() => undefined);
        }
    }

    async openScreen(options: ScreenOptions = {}): Promise<OpenedScreen | null> {
        if (this.#media?.getDisplayMedia === undefined) {
            throw new DeviceError("unsupported", "screen", "this browser cannot share a screen");
        }
        try {
            const stream = await this.#media.getDisplayMedia(screenConstraints(options));
            const picture = stream.getVideoTracks()[0];
            if (picture === undefined) return null;
            return { picture, sound: stream.getAudioTracks()[0] ?? null };
        } catch (error) {
            const { name, message = "" } = error as { name?: string; message?: string };
            // Closing the browser's dialog is the same error as a refusal of the system.
            if (name === "NotAllowedError" && !isBlockedBySystem({ message }, "unknown")) return null;
            throw deviceError(error, "screen", "unknown");
        }
    }

    dispose(): void {
        this.#media?.removeEventListener?.("devicechange", this.#changed);
        this.#settle.clear();
        for (const status of this.#statuses.values()) status.onchange = null;
        this.#events.clear();
    }

    #requests(options: OpenOptions): readonly CaptureRequest[] {
        const made: CaptureRequest[] = [];
        const add = (
            kind: CaptureKind,
            constraints: (wanted: WantedDevice | null) => MediaTrackConstraints,
        ): void => {
            const present = this.#lists.value[kind];
            const wanted = this.#memory.wanted(kind, present);
            made.push({
                kind,
                constraints: constraints(wanted),
                anyDevice: constraints(null),
                others: present.map((one) => one.id).filter((id) => id !== wanted?.id && id !== "default"),
            });
        };
        const { microphone, camera } = options;
        if (microphone !== undefined && microphone !== false) {
            add("microphone", (wanted) =>
                microphoneConstraints(microphone === true ? {} : microphone, wanted),
            );
        }
        if (camera !== undefined && camera !== false) {
            add("camera", (wanted) => cameraConstraints(camera === true ? {} : camera, wanted));
        }
        return made;
    }

    #unsupported(requests: readonly CaptureRequest[]): Opened {
        const error = (kind: CaptureKind): DeviceError | null =>
            requests.some((one) => one.kind === kind)
                ? new DeviceError("unsupported", kind, "no devices can be asked for on this page")
                : null;
        return {
            microphone: null,
            camera: null,
            errors: { microphone: error("microphone"), camera: error("camera") },
        };
    }

    async #enumerate(): Promise<readonly Device[]> {
        const kinds: { readonly [kind: string]: DeviceKind } = {
            audioinput: "microphone",
            videoinput: "camera",
            audiooutput: "speaker",
        };
        const all = (await this.#media?.enumerateDevices?.().catch(() => [])) ?? [];
        return all.flatMap(({ kind, deviceId, label }) => {
            const ours = kinds[kind];
            return ours === undefined ? [] : [{ kind: ours, id: deviceId, label }];
        });
    }

    #compare(kind: DeviceKind, before: DeviceLists, after: DeviceLists): void {
        // Before the browser has allowed anything ids are empty: devices that get a name are not new.
        const named = (all: readonly Device[]): readonly Device[] => all.filter((one) => one.id !== "");
        const had = named(before[kind]);
        const has = named(after[kind]);
        if (had.length === 0) return;
        const chosen = this.#memory.id(kind);
        for (const device of had) {
            if (device.id !== chosen || has.some((one) => one.id === device.id)) continue;
            this.#events.emit("lost", { device, fallback: has[0] ?? null });
        }
        for (const device of has) {
            if (!had.some((one) => one.id === device.id)) this.#events.emit("found", { device });
        }
    }

    #publishChosen(): void {
        const id = (kind: DeviceKind): string | null => this.#memory.id(kind);
        this.#chosen.value = { microphone: id("microphone"), camera: id("camera"), speaker: id("speaker") };
    }

    async #readPermissions(): Promise<void> {
        const [microphone, camera] = await Promise.all([
            this.#permission("microphone"),
            this.#permission("camera"),
        ]);
        this.#permissions.value = { microphone, camera };
    }

    async #permission(kind: CaptureKind): Promise<Permission> {
        try {
            let status = this.#statuses.get(kind);
            if (status === undefined && this.#query !== null) {
                status = await this.#query.query({ name: kind as PermissionName });
                this.#statuses.set(kind, status);
                status.onchange = () => void this.refresh();
            }
            return status?.state ?? "unknown";
        } catch {
            // A browser that does not know the name; what `open` answers is what counts.
            return "unknown";
        }
    }
}

/** The devices of this machine without a client: for a settings page or a connection test. */
export function createDevices(setup: DevicesSetup = {}): Devices {
    return new DeviceBook(setup);
}
