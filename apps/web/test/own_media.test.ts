import { RequestError } from "@libconf/client";
import { beforeEach, describe, expect, it } from "vitest";
import { OwnMedia } from "../src/app/own_media.ts";
import { settings } from "../src/app/settings.ts";
import { FakeEffects, FakeRoom, FakeTrack } from "./support/fake_media.ts";

let room: FakeRoom;
let effects: FakeEffects;
let own: OwnMedia;

beforeEach(() => {
    settings.microphoneOn.value = true;
    settings.cameraOn.value = true;
    settings.noise.value = "browser";
    settings.music.value = false;
    settings.blur.value = false;
    room = new FakeRoom();
    effects = new FakeEffects();
    own = new OwnMedia(room.client, effects);
});

const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

/** Both devices are allowed and open. */
async function open(): Promise<{ readonly microphone: FakeTrack; readonly camera: FakeTrack }> {
    const tracks = { microphone: new FakeTrack("mic"), camera: new FakeTrack("cam") };
    void own.start();
    room.asked[0]!.answer(tracks);
    await settle();
    return tracks;
}

/** What the camera is asked for next is this one. */
async function answerCamera(label: string): Promise<FakeTrack> {
    const camera = new FakeTrack(label);
    room.asked.at(-1)!.answer({ camera });
    await settle();
    return camera;
}

async function answerMicrophone(label: string): Promise<FakeTrack> {
    const microphone = new FakeTrack(label);
    room.asked.at(-1)!.answer({ microphone });
    await settle();
    return microphone;
}

describe("own devices", () => {
    it("that come after the page was left are stopped at once", async () => {
        void own.start();
        own.dispose();
        const late = { microphone: new FakeTrack("mic"), camera: new FakeTrack("cam") };
        room.asked[0]!.answer(late);
        await settle();
        expect([late.microphone.isStopped, late.camera.isStopped]).toEqual([true, true]);
        expect(room.sent).toEqual([]);
    });

    it("are asked for again when another one is chosen after a fault", async () => {
        void own.start();
        room.asked[0]!.answer({ camera: new FakeTrack("cam"), errors: { microphone: "busy" } });
        await settle();
        expect(own.microphone.value).toMatchObject({ wanted: false, error: "busy" });
        void own.choose("microphone", "other");
        await answerMicrophone("other");
        expect(own.microphone.value).toMatchObject({ wanted: true, error: null });
    });

    it("leave one track when the camera is turned off and on while it opens", async () => {
        await open();
        await own.setCamera(false);
        void own.setCamera(true);
        void own.setCamera(false);
        void own.setCamera(true);
        const [early, late] = [new FakeTrack("early"), new FakeTrack("late")];
        room.asked[1]!.answer({ camera: early });
        await settle();
        room.asked[2]!.answer({ camera: late });
        await settle();
        expect([early.isStopped, late.isStopped]).toEqual([true, false]);
        expect(own.camera.value.track?.label).toBe("late");
    });

    it("send another microphone before the old one ends", async () => {
        const { microphone } = await open();
        let ended = 0;
        microphone.stop = () => (ended = room.sent.length);
        void own.renew("microphone");
        await answerMicrophone("next");
        expect(room.sent).toEqual(["microphone mic", "camera cam", "microphone next"]);
        expect(ended).toBe(3);
    });
});

describe("a room that says no", () => {
    const no = new RequestError("forbidden", "locked");

    it("leaves the microphone's switch off", async () => {
        await open();
        await own.setMicrophone(false);
        room.refuses = no;
        await expect(own.setMicrophone(true)).rejects.toBe(no);
        expect(own.microphone.value.wanted).toBe(false);
    });

    it("leaves the microphone muted and no camera open", async () => {
        room.refuses = no;
        const { microphone, camera } = await open();
        expect(own.microphone.value).toMatchObject({ wanted: false });
        expect([microphone.isStopped, camera.isStopped]).toEqual([false, true]);
        expect(own.camera.value.track).toBe(null);
    });

    it("ends the capture of a screen", async () => {
        room.refuses = no;
        await expect(own.shareScreen("text", false)).rejects.toBe(no);
        expect(room.screen.isStopped).toBe(true);
    });
});

describe("background blur", () => {
    it("replaces the camera's track by a blurred one, and gives it back", async () => {
        const { camera } = await open();
        void own.setBlur(true);
        expect(own.preparing.value).toBe(true);
        expect(own.camera.value.track?.label).toBe("cam");
        effects.blurs[0]!.work();
        await settle();
        expect(own.preparing.value).toBe(false);
        expect(own.camera.value.track?.label).toBe("blurred cam");
        await own.setBlur(false);
        expect(own.camera.value.track?.label).toBe("cam");
        expect(room.sent).toEqual(["microphone mic", "camera cam", "camera blurred cam", "camera cam"]);
        expect([effects.blurs[0]!.isStopped, camera.isStopped]).toEqual([true, false]);
        expect(room.asked.length).toBe(1);
    });

    it("is there before the first picture is sent", async () => {
        settings.blur.value = true;
        await open();
        expect(room.sent).toEqual(["microphone mic"]);
        effects.blurs[0]!.work();
        await settle();
        expect(room.sent).toEqual(["microphone mic", "camera blurred cam"]);
    });

    it("that fails leaves the camera as it was", async () => {
        const { camera } = await open();
        void own.setBlur(true);
        effects.blurs[0]!.fail();
        await settle();
        expect(own.camera.value.track?.label).toBe("cam");
        expect(camera.isStopped).toBe(false);
        expect([settings.blur.value, own.preparing.value]).toEqual([false, false]);
        expect(room.sent).toEqual(["microphone mic", "camera cam"]);
    });

    it("that fails at the start leaves the camera off: a sharp room was not wished for", async () => {
        settings.blur.value = true;
        const { camera } = await open();
        effects.blurs[0]!.fail();
        await settle();
        expect(own.camera.value.track).toBe(null);
        expect(camera.isStopped).toBe(true);
        expect(room.sent).not.toContain("camera cam");
        expect([settings.blur.value, settings.cameraOn.value]).toEqual([false, false]);
    });

    it("that breaks turns the camera off", async () => {
        const { camera } = await open();
        void own.setBlur(true);
        effects.blurs[0]!.work();
        await settle();
        effects.blurs[0]!.breakDown();
        await settle();
        expect(room.sent.at(-1)).toBe("camera none");
        expect(camera.isStopped).toBe(true);
    });

    it("switched off before it was ready never comes", async () => {
        await open();
        void own.setBlur(true);
        await own.setBlur(false);
        effects.blurs[0]!.work();
        await settle();
        expect(effects.blurs[0]!.isStopped).toBe(true);
        expect(own.camera.value.track?.label).toBe("cam");
        expect(room.sent).not.toContain("camera blurred cam");
        expect(own.preparing.value).toBe(false);
    });

    it("goes with the camera, and comes with the next", async () => {
        const { camera } = await open();
        void own.setBlur(true);
        effects.blurs[0]!.work();
        await settle();
        void own.choose("camera", "other");
        expect([effects.blurs[0]!.isStopped, camera.isStopped]).toEqual([true, true]);
        await answerCamera("other");
        effects.blurs[1]!.work();
        await settle();
        expect(own.camera.value.track?.label).toBe("blurred other");
        room.tell("track-ended", { source: "camera" });
        expect(effects.blurs[1]!.isStopped).toBe(true);
        expect(own.camera.value.error).toBe("missing");
    });

    it("ends when a moderator turns the camera off", async () => {
        const { camera } = await open();
        void own.setBlur(true);
        room.tell("muted", { source: "camera" });
        await settle();
        expect([effects.blurs[0]!.isStopped, camera.isStopped]).toEqual([true, true]);
        expect(own.preparing.value).toBe(false);
        expect(settings.blur.value).toBe(true);
    });
});

describe("strong noise removal", () => {
    async function strong(): Promise<FakeTrack> {
        const { microphone } = await open();
        void own.setNoise("strong");
        // As long as it is open, some browsers keep its processing.
        expect(microphone.isStopped).toBe(true);
        expect(room.asked.at(-1)!.options.microphone).toEqual({ music: false, noise: "strong" });
        return answerMicrophone("bare");
    }

    it("is sent when it works; until then the bare microphone is", async () => {
        const bare = await strong();
        expect(room.sent.at(-1)).toBe("microphone bare");
        effects.noises[0]!.work();
        await settle();
        expect(room.sent.at(-1)).toBe("microphone cleaned bare");
        expect(bare.isStopped).toBe(false);
        // The meter looks at the device: a cleaned one is silent while nobody speaks.
        expect(own.microphone.value.track?.label).toBe("bare");
    });

    it("that fails leaves it to the browser", async () => {
        await strong();
        effects.noises[0]!.fail();
        await settle();
        expect(settings.noise.value).toBe("browser");
        expect(room.asked.at(-1)!.options.microphone).toEqual({ music: false, noise: "browser" });
        await answerMicrophone("browser's");
        expect(room.sent.at(-1)).toBe("microphone browser's");
        expect(effects.noises.length).toBe(1);
    });

    it("that breaks in the middle leaves it to the browser, too", async () => {
        await strong();
        effects.noises[0]!.work();
        await settle();
        effects.noises[0]!.breakDown();
        expect(settings.noise.value).toBe("browser");
        await answerMicrophone("browser's");
        expect(effects.noises[0]!.isStopped).toBe(true);
    });

    it("hears what was muted when it came", async () => {
        await open();
        await own.setMicrophone(false);
        void own.setNoise("strong");
        const bare = await answerMicrophone("bare");
        // A mute is a track that gives silence, and the client mutes what is sent.
        bare.enabled = false;
        effects.noises[0]!.work();
        await settle();
        expect(bare.enabled).toBe(true);
    });

    it("is off in music mode, and back after it", async () => {
        await strong();
        effects.noises[0]!.work();
        await settle();
        void own.setMusic(true);
        await answerMicrophone("music");
        expect(effects.noises.length).toBe(1);
        expect([effects.noises[0]!.isStopped, room.sent.at(-1)]).toEqual([true, "microphone music"]);
        void own.setMusic(false);
        await answerMicrophone("speech");
        expect(effects.noises.length).toBe(2);
    });

    it("that comes too late is not sent", async () => {
        await strong();
        void own.setNoise("off");
        await answerMicrophone("off");
        effects.noises[0]!.work();
        await settle();
        expect(room.sent.at(-1)).toBe("microphone off");
        expect(effects.noises[0]!.isStopped).toBe(true);
    });

    it("ends with the visit", async () => {
        const bare = await strong();
        effects.noises[0]!.work();
        await settle();
        own.dispose();
        expect([effects.noises[0]!.isStopped, bare.isStopped]).toEqual([true, true]);
    });
});
