import { describe, expect, it } from "vitest";
import { Health } from "../../src/media/health.ts";
import { FakeClock } from "../support/fake_clock.ts";

function setup() {
    const clock = new FakeClock();
    const done: string[] = [];
    let now: RTCPeerConnectionState = "new";
    const health = new Health(clock, () => 1, {
        restart: () => done.push("restart"),
        rebuild: () => {
            done.push("rebuild");
            health.begin();
        },
        now: () => now,
    });
    const become = (state: RTCPeerConnectionState): void => {
        now = state;
        health.heard(state);
    };
    return { clock, done, health, become };
}

function connected() {
    const made = setup();
    made.health.signalling(true);
    made.health.begin();
    made.become("connected");
    return made;
}

describe("a transport", () => {
    it("is well", async () => {
        const { clock, done, health } = connected();
        await clock.advance(60_000);
        expect(health.state.value).toBe("connected");
        expect(done).toEqual([]);
    });

    it("may be silent for two seconds", async () => {
        const { clock, done, health, become } = connected();
        become("disconnected");
        expect(health.state.value).toBe("interrupted");
        await clock.advance(1999);
        expect(done).toEqual([]);
        become("connected");
        await clock.advance(60_000);
        expect(done).toEqual([]);
        expect(health.state.value).toBe("connected");
    });

    it("is restarted after that, once, and rebuilt if that is no help", async () => {
        const { clock, done, health, become } = connected();
        become("disconnected");
        await clock.advance(2000);
        expect(done).toEqual(["restart"]);
        await clock.advance(14_999);
        expect(done).toEqual(["restart"]);
        await clock.advance(1);
        expect(done).toEqual(["restart", "rebuild"]);
        become("connected");
        expect(health.state.value).toBe("connected");
    });

    it("is restarted at once when it has failed", async () => {
        const { done, become } = connected();
        become("failed");
        expect(done).toEqual(["restart"]);
        become("connected");
        become("failed");
        expect(done).toEqual(["restart", "restart"]);
    });

    it("that never came about is rebuilt, less and less often", async () => {
        const { clock, done, health } = setup();
        health.signalling(true);
        health.begin();
        const at: number[] = [];
        const start = clock.now();
        for (let second = 0; second < 90; ++second) {
            await clock.advance(1000);
            if (done.length > at.length) at.push((clock.now() - start) / 1000);
        }
        // 15 s each until it is given up, and 0, 2, 4, 8 s of waiting.
        expect(at).toEqual([15, 32, 51, 74]);
        expect(health.state.value).toBe("failed");
    });

    it("that a server throws away again and again is not rebuilt all the time", async () => {
        const { clock, done, health, become } = connected();
        health.gone();
        await clock.advance(0);
        expect(done).toEqual(["rebuild"]);
        become("connected");
        health.gone();
        await clock.advance(1999);
        expect(done).toEqual(["rebuild"]);
        await clock.advance(1);
        expect(done).toEqual(["rebuild", "rebuild"]);
        become("connected");
        await clock.advance(10_000);
        health.gone();
        await clock.advance(0);
        expect(done).toHaveLength(3);
    });

    it("waits for signalling before anything is done", async () => {
        const { clock, done, health, become } = connected();
        health.signalling(false);
        become("disconnected");
        await clock.advance(20_000);
        expect(done).toEqual([]);
        health.signalling(true);
        expect(done).toEqual(["restart"]);
    });

    it("that came back by itself meanwhile needs nothing", async () => {
        const { clock, done, health, become } = connected();
        health.signalling(false);
        become("disconnected");
        await clock.advance(20_000);
        become("connected");
        health.signalling(true);
        expect(done).toEqual([]);
    });

    it("is restarted on another network, even while it looks well", async () => {
        const { clock, done, health } = connected();
        health.networkChanged();
        expect(done).toEqual(["restart"]);
        expect(health.state.value).toBe("connected");
        // The browser tells of no change where the old path goes on.
        await clock.advance(60_000);
        expect(done).toEqual(["restart"]);
        expect(health.state.value).toBe("connected");
    });

    it("that is not there is not restarted", async () => {
        const { clock, done, health, become } = connected();
        health.end();
        health.networkChanged();
        health.gone();
        become("closed");
        await clock.advance(60_000);
        expect(done).toEqual([]);
        expect(health.state.value).toBe("none");
        expect(clock.pending).toBe(0);
    });
});
