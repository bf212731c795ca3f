import { render } from "preact";
import { signal } from "@preact/signals";
import type { Quality, TileStats, Transports } from "@libconf/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { settings } from "../src/app/settings.ts";
import { watchAdvice } from "../src/call/advice.ts";
import type { CallModel } from "../src/call/model.ts";
import { loadWords } from "../src/i18n/index.ts";
import { dismissToast, Toasts } from "../src/kit/index.ts";

const quality = signal<Quality>({ state: "good", reason: null });
const transports = signal<Pick<Transports, "path">>({ path: null });
const stats = signal<Pick<TileStats, "limitation"> | null>(null);
const setSaver = vi.fn(async () => undefined);
const setBlur = vi.fn(async () => undefined);
const call = {
    client: {
        self: signal({ id: "me" }),
        media: { quality, transports, stats: () => stats },
    },
    own: { camera: signal({ track: {} }), setSaver, setBlur },
    panel: signal(null),
} as unknown as CallModel;

const root = document.createElement("div");
let stop: () => void;

beforeEach(async () => {
    await loadWords("common", "call");
    vi.useFakeTimers();
    quality.value = { state: "good", reason: null };
    stats.value = null;
    transports.value = { path: null };
    settings.saver.value = false;
    settings.blur.value = true;
    render(Toasts(), root);
    stop = watchAdvice(call);
});

afterEach(() => {
    stop();
    for (const key of ["saver", "blur", "path"]) dismissToast(key);
    vi.useRealTimers();
});

function shown(): string {
    render(Toasts(), root);
    return root.querySelector(".toast p")?.textContent ?? "";
}

/** It is measured every two seconds. */
async function go(seconds: number, measure: () => void): Promise<void> {
    for (let at = 0; at < seconds; at += 2) {
        measure();
        await vi.advanceTimersByTimeAsync(2000);
    }
}

const poor = (): void => void (quality.value = { state: "poor", reason: "loss" });
const busy = (): void => void (stats.value = { limitation: "cpu" });

describe("advice", () => {
    it("to save bandwidth comes after two bad minutes, once", async () => {
        await go(118, poor);
        expect(shown()).toBe("");
        await go(4, poor);
        expect(shown()).toContain("Your connection is weak");
        root.querySelector<HTMLElement>(".toast button")!.click();
        expect(setSaver).toHaveBeenCalledWith(true);
        await go(200, poor);
        expect(shown()).toBe("");
    });

    it("does not come when it was bad for a moment, or is saved already", async () => {
        await go(100, poor);
        quality.value = { state: "fair", reason: "loss" };
        await go(100, poor);
        settings.saver.value = true;
        await go(200, poor);
        expect(shown()).toBe("");
    });

    it("to stop blurring comes when the computer was busy for ten seconds", async () => {
        await go(8, busy);
        expect(shown()).toBe("");
        await go(4, busy);
        expect(shown()).toContain("busy");
        root.querySelector<HTMLElement>(".toast button")!.click();
        expect(setBlur).toHaveBeenCalledWith(false);
    });

    it("leaves alone who does not blur", async () => {
        settings.blur.value = false;
        await go(30, busy);
        expect(shown()).toBe("");
    });

    it("says once that the way is a slow one, and not while a better one is still sought", async () => {
        const via = (path: Transports["path"]) => (): void => void (transports.value = { path });
        await go(2, via("tcp"));
        await go(10, via("udp"));
        expect(shown()).toBe("");
        await go(6, via("tcp"));
        expect(shown()).toContain("blocks the fast way");
        root.querySelector<HTMLElement>(".toast button")!.click();
        expect(call.panel.value).toBe("info");
        await go(10, via("relay"));
        expect(shown()).toBe("");
    });
});
