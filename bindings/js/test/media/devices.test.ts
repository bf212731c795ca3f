import { describe, expect, it } from "vitest";
import { createDevices, type DeviceErrorCode, type Devices } from "../../src/index.ts";
import { FakeClock, settle } from "../support/fake_clock.ts";
import { FakeTrack } from "../support/fake_media.ts";
import { FakeStore } from "../support/visit.ts";

type Asked = { readonly audio: MediaTrackConstraints | false; readonly video: MediaTrackConstraints | false };

function error(name: string, message = ""): Error {
    return Object.assign(new Error(message), { name });
}

function stream(...tracks: FakeTrack[]): MediaStream {
    return {
        getTracks: () => tracks,
        getAudioTracks: () => tracks.filter((one) => one.kind === "audio"),
        getVideoTracks: () => tracks.filter((one) => one.kind === "video"),
    } as unknown as MediaStream;
}

function device(kind: MediaDeviceKind, deviceId: string, label = `label of ${deviceId}`): object {
    return { kind, deviceId, label };
}

class FakeMachine extends EventTarget {
    readonly clock = new FakeClock();
    readonly store: FakeStore;
    readonly asked: Asked[] = [];
    readonly screens: DisplayMediaStreamOptions[] = [];
    readonly given: FakeTrack[] = [];
    readonly states: { [name: string]: { state: string; onchange: (() => void) | null } } = {};
    present: object[] = [
        device("audioinput", "mic"),
        device("videoinput", "cam"),
        device("audiooutput", "speaker"),
    ];
    /** Errors by what was asked for; undefined: it is given. */
    answer: (asked: Asked) => Error | undefined | Promise<void> = () => undefined;
    screen: () => MediaStream | Error = () => stream(new FakeTrack("video"));
    readonly devices: Devices;

    constructor(store = new FakeStore()) {
        super();
        this.store = store;
        this.devices = createDevices({
            mediaDevices: this as unknown as MediaDevices,
            permissions: {
                query: ({ name }: { name: string }) =>
                    name in this.states
                        ? Promise.resolve(this.states[name])
                        : Promise.reject(new TypeError(name)),
            } as unknown as Permissions,
            storage: store,
            clock: this.clock,
        });
    }

    async getUserMedia(asked: Asked): Promise<MediaStream> {
        this.asked.push(asked);
        const answer = this.answer(asked);
        if (answer instanceof Error) throw answer;
        await answer;
        const tracks: FakeTrack[] = [];
        if (asked.audio !== false) tracks.push(new FakeTrack("audio"));
        if (asked.video !== false) tracks.push(new FakeTrack("video"));
        this.given.push(...tracks);
        return stream(...tracks);
    }

    async getDisplayMedia(options: DisplayMediaStreamOptions): Promise<MediaStream> {
        this.screens.push(options);
        await Promise.resolve();
        const answer = this.screen();
        if (answer instanceof Error) throw answer;
        return answer;
    }

    enumerateDevices(): Promise<object[]> {
        return Promise.resolve(this.present);
    }

    permission(name: string, state: string): void {
        this.states[name] = { state, onchange: null };
    }
}

const both = { microphone: true, camera: true };

describe("opening", () => {
    it("asks once for both", async () => {
        const machine = new FakeMachine();
        const opened = await machine.devices.open(both);
        expect(machine.asked).toHaveLength(1);
        expect(machine.asked[0]).toEqual({
            audio: {
                echoCancellation: true,
                noiseSuppression: true,
                autoGainControl: true,
                channelCount: { ideal: 1 },
            },
            video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } },
        });
        expect(opened.microphone?.kind).toBe("audio");
        expect(opened.camera?.kind).toBe("video");
        expect(opened.errors).toEqual({ microphone: null, camera: null });
        expect(machine.devices.lists.value.camera).toEqual([
            { kind: "camera", id: "cam", label: "label of cam" },
        ]);
        expect(machine.clock.pending).toBe(0);
    });

    it("asks for what was wished", async () => {
        const machine = new FakeMachine();
        await machine.devices.open({ microphone: { music: true } });
        await machine.devices.open({
            microphone: { noise: "strong" },
            camera: { small: true, facing: "user" },
        });
        await machine.devices.open({ microphone: { noise: "off" } });
        expect(machine.asked).toMatchObject([
            {
                audio: { echoCancellation: false, autoGainControl: false, channelCount: { ideal: 2 } },
                video: false,
            },
            {
                audio: { noiseSuppression: false, echoCancellation: true },
                video: { width: { ideal: 640 }, facingMode: { ideal: "user" } },
            },
            { audio: { noiseSuppression: false } },
        ]);
    });

    it("asks for nothing where nothing is wished", async () => {
        const machine = new FakeMachine();
        const opened = await machine.devices.open({ microphone: false });
        expect(machine.asked).toHaveLength(0);
        expect(opened.errors).toEqual({ microphone: null, camera: null });
    });

    const causes: readonly [string, string, string | null, DeviceErrorCode][] = [
        ["NotAllowedError", "Permission denied", "prompt", "blocked-browser"],
        ["NotAllowedError", "Permission denied", "denied", "blocked-browser"],
        ["NotAllowedError", "Permission denied", null, "blocked-browser"],
        ["NotAllowedError", "Permission denied by system", "prompt", "blocked-system"],
        ["NotAllowedError", "not allowed by the platform", "granted", "blocked-system"],
        ["SecurityError", "", null, "blocked-browser"],
        ["NotFoundError", "Requested device not found", null, "missing"],
        ["OverconstrainedError", "", null, "overconstrained"],
        ["NotReadableError", "Could not start video source", null, "busy"],
        ["AbortError", "", null, "busy"],
        ["TypeError", "", null, "unsupported"],
    ];
    it.each(causes)("fails by %s (%s, %s) as %s", async (name, message, permission, code) => {
        const machine = new FakeMachine();
        if (permission !== null) machine.permission("camera", permission);
        machine.answer = () => error(name, message);
        const opened = await machine.devices.open({ camera: true });
        expect(opened.camera).toBeNull();
        expect(opened.errors.camera).toMatchObject({ name: "DeviceError", code, kind: "camera" });
        expect(opened.errors.microphone).toBeNull();
    });

    it("gives the one that there is", async () => {
        const machine = new FakeMachine();
        machine.answer = ({ video }) => (video === false ? undefined : error("NotFoundError"));
        const opened = await machine.devices.open(both);
        expect(opened.microphone).not.toBeNull();
        expect(opened.errors.camera?.code).toBe("missing");
        expect(machine.asked).toHaveLength(3);
    });

    it("gives the one that is allowed where the other is blocked for good", async () => {
        const machine = new FakeMachine();
        machine.permission("camera", "denied");
        machine.permission("microphone", "prompt");
        machine.answer = ({ video }) => (video === false ? undefined : error("NotAllowedError"));
        const opened = await machine.devices.open(both);
        expect(opened.microphone).not.toBeNull();
        expect(opened.errors.camera?.code).toBe("blocked-browser");
        expect(machine.asked).toHaveLength(2);
    });

    it("does not ask a user twice who said no", async () => {
        const machine = new FakeMachine();
        machine.answer = () => error("NotAllowedError");
        const opened = await machine.devices.open(both);
        expect(machine.asked).toHaveLength(1);
        expect([opened.errors.microphone?.code, opened.errors.camera?.code]).toEqual([
            "blocked-browser",
            "blocked-browser",
        ]);
    });

    it("takes another camera where the first is busy", async () => {
        const machine = new FakeMachine();
        machine.present = [device("videoinput", "cam"), device("videoinput", "other")];
        await machine.devices.refresh();
        machine.devices.choose("camera", "cam");
        machine.answer = ({ video }) =>
            JSON.stringify(video).includes('"other"') ? undefined : error("NotReadableError");
        const opened = await machine.devices.open({ camera: true });
        expect(opened.camera).not.toBeNull();
        expect(machine.asked.map((one) => (one.video as MediaTrackConstraints).deviceId)).toEqual([
            { exact: "cam" },
            { exact: "other" },
        ]);
    });

    it("takes any where the chosen one is not there any more", async () => {
        const machine = new FakeMachine();
        await machine.devices.refresh();
        machine.devices.choose("camera", "cam");
        machine.answer = ({ video }) =>
            JSON.stringify(video).includes("deviceId") ? error("OverconstrainedError") : undefined;
        const opened = await machine.devices.open({ camera: true });
        expect(opened.camera).not.toBeNull();
        expect(machine.asked).toHaveLength(2);
    });

    it("says after five seconds that it is slow, and gives up after a minute", async () => {
        const machine = new FakeMachine();
        let allow: () => void = () => undefined;
        machine.answer = () => new Promise((resolve) => (allow = resolve));
        const opened = machine.devices.open(both);
        await machine.clock.advance(4999);
        expect(machine.devices.slow.value).toBe(false);
        await machine.clock.advance(1);
        expect(machine.devices.slow.value).toBe(true);
        await machine.clock.advance(55_000);
        expect((await opened).errors.camera?.code).toBe("timeout");
        expect(machine.asked).toHaveLength(1);
        expect(machine.devices.slow.value).toBe(false);
        // The user allows it after all: nobody uses it, so the light must go out.
        allow();
        await settle();
        expect(machine.given.map((one) => one.stopped)).toEqual([true, true]);
    });

    it("is not possible on an insecure page", async () => {
        const devices = createDevices({ mediaDevices: null, permissions: null });
        const opened = await devices.open(both);
        expect(opened.errors.camera?.code).toBe("unsupported");
        await devices.refresh();
        expect(devices.lists.value.camera).toEqual([]);
        await expect(devices.openScreen()).rejects.toMatchObject({ code: "unsupported", kind: "screen" });
    });
});

describe("choosing", () => {
    it("is exact now, and a wish the next time", async () => {
        const machine = new FakeMachine();
        await machine.devices.refresh();
        machine.devices.choose("microphone", "mic");
        expect(machine.devices.chosen.value).toEqual({ microphone: "mic", camera: null, speaker: null });
        await machine.devices.open({ microphone: true });
        expect(machine.asked[0]?.audio).toMatchObject({ deviceId: { exact: "mic" } });
        const later = new FakeMachine(machine.store);
        expect(later.devices.chosen.value.microphone).toBe("mic");
        await later.devices.open({ microphone: true });
        expect(later.asked[0]?.audio).toMatchObject({ deviceId: { ideal: "mic" } });
        later.devices.choose("microphone", null);
        await later.devices.open({ microphone: true });
        expect(later.asked[1]?.audio).not.toHaveProperty("deviceId");
    });

    it("finds a device by its label when ids have changed", async () => {
        const machine = new FakeMachine();
        await machine.devices.refresh();
        machine.devices.choose("camera", "cam");
        const later = new FakeMachine(machine.store);
        later.present = [device("videoinput", "x1", "Other"), device("videoinput", "x2", "label of cam")];
        await later.devices.refresh();
        await later.devices.open({ camera: true });
        expect(later.asked[0]?.video).toMatchObject({ deviceId: { ideal: "x2" } });
    });

    it("works without storage that works", async () => {
        const store = new FakeStore();
        store.kept.set("libconf.devices", "[broken");
        store.setItem = () => {
            throw new Error("full");
        };
        const machine = new FakeMachine(store);
        await machine.devices.refresh();
        machine.devices.choose("camera", "cam");
        expect(machine.devices.chosen.value.camera).toBe("cam");
    });
});

describe("devices that come and go", () => {
    it("are told once things have settled", async () => {
        const machine = new FakeMachine();
        const heard: unknown[] = [];
        machine.devices.on("lost", ({ device: lost, fallback }) =>
            heard.push(["lost", lost.id, fallback?.id]),
        );
        machine.devices.on("found", ({ device: found }) => heard.push(["found", found.kind, found.id]));
        await machine.devices.refresh();
        machine.devices.choose("microphone", "mic");
        machine.present = [
            ...machine.present,
            device("audioinput", "headset"),
            device("audiooutput", "headset"),
        ];
        machine.dispatchEvent(new Event("devicechange"));
        machine.dispatchEvent(new Event("devicechange"));
        await machine.clock.advance(199);
        expect(heard).toEqual([]);
        await machine.clock.advance(1);
        expect(heard).toEqual([
            ["found", "microphone", "headset"],
            ["found", "speaker", "headset"],
        ]);
        machine.present = [device("audioinput", "headset"), device("videoinput", "cam")];
        machine.dispatchEvent(new Event("devicechange"));
        await machine.clock.advance(200);
        expect(heard.slice(2)).toEqual([["lost", "mic", "headset"]]);
    });

    it("are not new because they get a name", async () => {
        const machine = new FakeMachine();
        const named = machine.present;
        machine.present = [device("audioinput", "", ""), device("videoinput", "", "")];
        const heard: unknown[] = [];
        machine.devices.on("found", (event) => heard.push(event));
        await machine.devices.refresh();
        machine.present = named;
        await machine.devices.open(both);
        expect(heard).toEqual([]);
        expect(machine.devices.lists.value.microphone).toHaveLength(1);
    });

    it("permissions are followed", async () => {
        const machine = new FakeMachine();
        machine.permission("camera", "denied");
        await machine.devices.refresh();
        expect(machine.devices.permissions.value).toEqual({ microphone: "unknown", camera: "denied" });
        const status = machine.states["camera"];
        if (status === undefined) throw new Error("no status");
        status.state = "granted";
        status.onchange?.();
        await settle();
        expect(machine.devices.permissions.value.camera).toBe("granted");
    });
});

describe("the screen", () => {
    it("is asked for as text, or as motion with sound", async () => {
        const machine = new FakeMachine();
        const sound = new FakeTrack("audio");
        expect(await machine.devices.openScreen()).toMatchObject({ sound: null });
        machine.screen = () => stream(new FakeTrack("video"), sound);
        expect((await machine.devices.openScreen({ kind: "motion", sound: true }))?.sound).toBe(sound);
        expect(machine.screens).toMatchObject([
            {
                video: { frameRate: { max: 15 } },
                audio: false,
                selfBrowserSurface: "exclude",
                systemAudio: "exclude",
            },
            { video: { frameRate: { max: 30 } }, audio: { echoCancellation: false }, systemAudio: "include" },
        ]);
    });

    it("is not shared where the user thinks better of it", async () => {
        const machine = new FakeMachine();
        machine.screen = () => error("NotAllowedError", "Permission denied by user");
        expect(await machine.devices.openScreen()).toBeNull();
    });

    it.each([
        ["NotAllowedError", "Permission denied by system", "blocked-system"],
        ["NotFoundError", "", "missing"],
        ["NotReadableError", "", "busy"],
        ["InvalidStateError", "", "unsupported"],
    ])("fails by %s as %s", async (name, message, code) => {
        const machine = new FakeMachine();
        machine.screen = () => error(name, message);
        await expect(machine.devices.openScreen()).rejects.toMatchObject({ code, kind: "screen" });
    });
});
