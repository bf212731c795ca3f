import { effect } from "@preact/signals-core";
import { describe, expect, it } from "vitest";
import { LevelMeters } from "../../src/media/levels.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { FakeReceiver } from "../support/fake_media.ts";

function setup() {
    const clock = new FakeClock();
    const receiver = new FakeReceiver("audio");
    let asked = 0;
    const meters = new LevelMeters(clock, (id) => {
        asked += 1;
        return id === "bo" ? (receiver as unknown as RTCRtpReceiver) : null;
    });
    let rtpTimestamp = 0;
    const hear = async (audioLevel: number, polls = 1): Promise<void> => {
        for (let poll = 0; poll < polls; ++poll) {
            receiver.sources = [{ audioLevel, rtpTimestamp: (rtpTimestamp += 4800) }];
            await clock.advance(100);
        }
    };
    return { clock, receiver, meters, hear, asked: () => asked };
}

describe("loudness", () => {
    it("is measured only for those whom somebody watches", async () => {
        const { clock, meters, hear, asked } = setup();
        const level = meters.level("bo");
        await clock.advance(1000);
        expect(asked()).toBe(0);
        const seen: number[] = [];
        const stop = effect(() => void seen.push(level.value));
        await hear(0.5);
        await hear(0.25);
        expect(seen).toEqual([0, 0.5, 0.25]);
        stop();
        const before = asked();
        await clock.advance(1000);
        expect(asked()).toBe(before);
        expect(clock.pending).toBe(0);
    });

    it("falls to nothing where nothing is sent any more", async () => {
        const { clock, meters, hear } = setup();
        const stop = effect(() => void meters.level("bo").value);
        await hear(0.5);
        await clock.advance(200);
        expect(meters.level("bo").value).toBe(0.5);
        await clock.advance(100);
        expect(meters.level("bo").value).toBe(0);
        stop();
    });

    it("makes a speaker, for half a second longer than it lasts", async () => {
        const { meters, hear } = setup();
        const states: boolean[] = [];
        const stop = effect(() => void states.push(meters.speaking("bo").value));
        await hear(0.005, 3);
        await hear(0.3, 2);
        await hear(0, 4);
        expect(states).toEqual([false, true]);
        await hear(0.3);
        await hear(0, 5);
        expect(states).toEqual([false, true, false]);
        stop();
    });

    it("is nothing for those who are not there, and survives their leaving", async () => {
        const { clock, meters, hear } = setup();
        const values: number[] = [];
        const stop = [
            effect(() => void values.push(meters.level("cy").value)),
            effect(() => void meters.level("bo").value),
        ];
        await hear(0.5);
        expect(values).toEqual([0]);
        meters.forget("bo");
        meters.forget("cy");
        for (const one of stop) one();
        await clock.advance(200);
        expect(clock.pending).toBe(0);
    });
});
