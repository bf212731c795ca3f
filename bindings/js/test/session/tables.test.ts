import { describe, expect, it } from "vitest";
import { signalAddress } from "../../src/session/address.ts";
import { reconnectDelayMs } from "../../src/session/backoff.ts";
import { canRejoin, readCloseCode } from "../../src/session/close_codes.ts";

describe("the address of a room", () => {
    it.each([
        [{ base: "https://meet.example", room: "tuesday" }, "wss://meet.example/signal/tuesday"],
        [{ base: "http://127.0.0.1:8080", room: "a.b-c_D" }, "ws://127.0.0.1:8080/signal/a.b-c_D"],
        [{ base: "https://example.org/meet/", room: "x" }, "wss://example.org/meet/signal/x"],
        [{ base: "https://example.org/meet", room: "x" }, "wss://example.org/meet/signal/x"],
        [{ url: "wss://example.org/signal/x" }, "wss://example.org/signal/x"],
        [{ url: "https://example.org/signal/x#part" }, "wss://example.org/signal/x"],
    ])("%o", (options, expected) => expect(signalAddress(options)).toBe(expected));

    it.each([
        { base: "https://meet.example", room: "" },
        { base: "https://meet.example", room: ".." },
        { base: "https://meet.example", room: "a/b" },
        { base: "https://meet.example", room: "x".repeat(65) },
        { base: "https://meet.example" },
        { base: "ftp://meet.example", room: "x" },
        { url: "nothing" },
        { room: "x" },
    ])("%o is refused", (options) => expect(() => signalAddress(options)).toThrow(TypeError));
});

describe("the wait before an attempt", () => {
    it.each([
        [0, 2000],
        [1, 4000],
        [2, 8000],
        [3, 15_000],
        [99, 15_000],
    ])("number %i is at most %i ms, and anything below", (attempt, longest) => {
        expect(reconnectDelayMs(attempt, () => 1)).toBe(longest);
        expect(reconnectDelayMs(attempt, () => 0.25)).toBe(longest / 4);
        expect(reconnectDelayMs(attempt, () => 0)).toBe(0);
    });
});

describe("close codes that are not final", () => {
    it.each([
        [1001, "restarting"],
        [1013, "slow"],
        [1000 + 6, "network"],
        [1009, "network"],
        [1011, "network"],
        [4999, "network"],
    ])("%i means %s", (code, why) => expect(readCloseCode(code)).toEqual({ final: false, why }));

    it("and some failures are hopeless", () => {
        expect(canRejoin("failed", "unknown_room")).toBe(false);
        expect(canRejoin("failed", "expired_token")).toBe(false);
        expect(canRejoin("failed", "gone")).toBe(true);
    });
});
