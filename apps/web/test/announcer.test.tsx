import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { announce, Announcer } from "../src/kit/index.ts";

const root = document.createElement("div");
const region = (how: string): string =>
    [...root.querySelectorAll(`[data-announcer=${how}] p`)].map((one) => one.textContent).join(" | ");
/** And a moment for Preact. */
const pass = async (ms: number): Promise<void> => {
    await vi.advanceTimersByTimeAsync(ms);
    await vi.advanceTimersByTimeAsync(20);
};

beforeEach(() => {
    vi.useFakeTimers();
    render(<Announcer />, root);
});

afterEach(async () => {
    await pass(20_000);
    render(null, root);
    vi.useRealTimers();
});

describe("the announcer", () => {
    it("gathers what comes within a moment, and each sentence once", async () => {
        announce("Bo joined");
        announce("Cleo joined");
        announce("Bo joined");
        await pass(500);
        expect(region("polite")).toBe("Bo joined | Cleo joined");
        expect(region("assertive")).toBe("");
    });

    it("says what is urgent at once, in a region of its own", async () => {
        announce("Your microphone was turned off", "assertive");
        await pass(60);
        expect(region("assertive")).toBe("Your microphone was turned off");
        expect(region("polite")).toBe("");
    });

    it("keeps the element of what stays: a new one would be read again", async () => {
        announce("first");
        await pass(2500);
        announce("second");
        await pass(500);
        const second = root.querySelectorAll("[data-announcer=polite] p")[1];
        expect(second?.textContent).toBe("second");
        await pass(3000);
        expect(region("polite")).toBe("second");
        expect(root.querySelector("[data-announcer=polite] p")).toBe(second);
    });
});
