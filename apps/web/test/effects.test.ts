import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { lazily } from "../src/app/effects.ts";
import { Cleanup, endTogether, within } from "../src/effects/effect.ts";
import { Pace } from "../src/effects/pace.ts";
import { fit } from "../src/effects/painter.ts";
import { Reframer } from "../src/effects/reframe.ts";
import { Denoiser, frameLength, sampleRate } from "../src/effects/rnnoise.ts";
import { FakeEffect, FakeTrack, real } from "./support/fake_media.ts";

describe("an effect's code", () => {
    it("is fetched when the effect starts", async () => {
        const made = new FakeEffect("blurred", () => undefined);
        const fetch = vi.fn(async () => () => made);
        const start = lazily(fetch);
        expect(fetch).not.toHaveBeenCalled();
        const effect = start(real(new FakeTrack("cam")), () => undefined);
        made.work();
        expect(await effect.track).toBe(made.made);
        effect.stop();
        expect(made.isStopped).toBe(true);
    });

    it("that comes after the end starts nothing", async () => {
        const start = vi.fn();
        const effect = lazily(async () => start)(real(new FakeTrack("cam")), () => undefined);
        effect.stop();
        await expect(effect.track).rejects.toThrow("stopped");
        expect(start).not.toHaveBeenCalled();
    });

    it("may not take for ever", async () => {
        vi.useFakeTimers();
        const waited = within(1000, new Promise(() => undefined));
        const told = expect(waited).rejects.toThrow("1000 ms");
        await vi.advanceTimersByTimeAsync(1000);
        await told;
        vi.useRealTimers();
    });
});

describe("what an effect leaves behind", () => {
    it("is undone, the last first, and at once when it comes after the end", async () => {
        const done: string[] = [];
        const cleanup = new Cleanup();
        cleanup.add(() => done.push("context"));
        cleanup.add(() => done.push("node"));
        cleanup.run();
        cleanup.run();
        cleanup.add(() => done.push("late"));
        expect(done).toEqual(["node", "context", "late"]);
        await expect(cleanup.over).rejects.toThrow("stopped");
    });

    it("ends with the device, and says so", () => {
        const [device, made] = [new FakeTrack("cam"), new FakeTrack("blurred")];
        const told = vi.fn();
        made.addEventListener("ended", told);
        endTogether(real(device), real(made), new Cleanup());
        device.dispatchEvent(new Event("ended"));
        expect([made.isStopped, told.mock.calls.length]).toEqual([true, 1]);
    });

    it("says nothing when it was stopped by us", () => {
        const [device, made] = [new FakeTrack("cam"), new FakeTrack("blurred")];
        const told = vi.fn();
        made.addEventListener("ended", told);
        const cleanup = new Cleanup();
        endTogether(real(device), real(made), cleanup);
        cleanup.run();
        device.dispatchEvent(new Event("ended"));
        expect([made.isStopped, told.mock.calls.length]).toEqual([true, 0]);
    });
});

describe("sound in frames", () => {
    it("comes out as it went in, one frame later, whatever the blocks are", () => {
        const reframer = new Reframer(480, () => undefined);
        const sound = Float32Array.from({ length: 4800 }, (_, i) => i + 1);
        const out = new Float32Array(sound.length);
        for (let at = 0; at < sound.length; at += 128) {
            const end = Math.min(at + 128, sound.length);
            reframer.pass(sound.subarray(at, end), out.subarray(at, end));
        }
        expect([...out.subarray(0, 480)]).toEqual(Array(480).fill(0));
        expect([...out.subarray(480)]).toEqual([...sound.subarray(0, 4320)]);
    });
});

describe("RNNoise", { timeout: 30_000 }, () => {
    const code = readFileSync("node_modules/@jitsi/rnnoise-wasm/dist/rnnoise.wasm");

    /** A second of it, after half a second; how loud it is, and how loud when it was cleaned. */
    function loudness(sound: (second: number) => number): {
        readonly before: number;
        readonly after: number;
    } {
        const denoiser = new Denoiser(code);
        const frame = new Float32Array(frameLength);
        let [before, after] = [0, 0];
        for (let at = 0; at < 1.5 * sampleRate; at += frameLength) {
            for (let i = 0; i < frameLength; i += 1) frame[i] = sound((at + i) / sampleRate);
            const counts = at >= sampleRate / 2;
            if (counts) before += frame.reduce((sum, one) => sum + one * one, 0);
            denoiser.clean(frame);
            if (counts) after += frame.reduce((sum, one) => sum + one * one, 0);
        }
        return { before: Math.sqrt(before / sampleRate), after: Math.sqrt(after / sampleRate) };
    }

    it("takes a hiss away", () => {
        let seed = 1;
        const { before, after } = loudness(() => {
            seed = (seed * 48_271) % 2_147_483_647;
            return (seed / 2_147_483_647 - 0.5) * 0.2;
        });
        expect(after).toBeLessThan(before / 10);
    });

    it("leaves a voice: harmonics of a tone that moves", () => {
        const { before, after } = loudness((at) => {
            const pitch = 2 * Math.PI * (140 * at + 3 * Math.sin(2 * Math.PI * 2 * at));
            let sum = 0;
            for (let n = 1; n <= 12; n += 1) sum += Math.sin(n * pitch) / n;
            return 0.1 * sum * (0.6 + 0.4 * Math.sin(2 * Math.PI * 4 * at));
        });
        expect(after).toBeGreaterThan(before / 2);
    });
});

describe("the mask", () => {
    it("is made fifteen times a second, and for half of the time at most", () => {
        const pace = new Pace();
        expect(pace.isDue(0)).toBe(true);
        pace.took(0, 10);
        expect([pace.isDue(60), pace.isDue(67)]).toEqual([false, true]);
        pace.took(100, 300);
        expect([pace.isDue(499), pace.isDue(500)]).toEqual([false, true]);
    });

    it("shows people in their own shape", () => {
        expect(fit(1280, 720)).toEqual([256, 144]);
        expect(fit(640, 480)).toEqual([192, 144]);
        expect(fit(720, 1280)).toEqual([81, 144]);
    });
});
