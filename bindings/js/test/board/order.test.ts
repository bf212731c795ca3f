import { describe, expect, it } from "vitest";
import { isOrderKey, orderBetween, ordersBetween } from "../../src/board/order.ts";

const longest = "z".repeat(27);

describe("a key between two", () => {
    it.each([
        [null, null, "a0"],
        ["a0", null, "a1"],
        [null, "a0", "Zz"],
        ["a0", "a1", "a0V"],
        ["a0", "a0V", "a0G"],
        ["a0V", "a1", "a0l"],
        ["a0", "a2", "a1"],
        ["az", null, "b00"],
        ["Zz", "a0", "ZzV"],
        [null, "Zz", "Zy"],
        ["bzz", null, "c000"],
        ["a0", "a0G", "a08"],
        [null, "Y00", "Xzzz"],
        [longest, null, `${longest}V`],
        ["a0G", "a0V", "a0O"],
        ["a9", "aA", "a9V"],
    ])("%s and %s: %s", (a, b, key) => expect(orderBetween(a, b)).toBe(key));

    it("or four of them", () => {
        expect(ordersBetween("a0", "a1", 4)).toEqual(["a08", "a0G", "a0V", "a0l"]);
        expect(ordersBetween("a0", null, 2)).toEqual(["a1", "a2"]);
        expect(ordersBetween(null, "a0", 2)).toEqual(["Zy", "Zz"]);
        expect(ordersBetween(null, null, 3)).toEqual(["a0", "a1", "a2"]);
        expect(ordersBetween("a0", "a1", 0)).toEqual([]);
    });

    it("grows slowly", () => {
        let after = "a0";
        let before = "a0";
        for (let i = 0; i < 1000; i += 1) {
            after = orderBetween(after, "a1");
            before = orderBetween("a0", before === "a0" ? null : before);
        }
        expect(after.length).toBe(202);
        expect(before.length).toBe(169);
    });

    it.each([
        ["a1", "a0"],
        ["a0", "a0"],
        ["", null],
        ["a00", null],
        ["é0", null],
        [null, `A${"0".repeat(26)}`],
    ])("is refused for %s and %s", (a, b) => expect(() => orderBetween(a, b)).toThrow(RangeError));

    it("is always strictly between", () => {
        // A generator of our own, so that it is the same at each run.
        let seed = 20261129;
        const random = (most: number): number => {
            seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
            return seed % most;
        };
        const keys = ["a0"];
        for (let i = 0; i < 5000; i += 1) {
            const at = random(keys.length + 1);
            const [a, b] = [keys[at - 1] ?? null, keys[at] ?? null];
            const key = orderBetween(a, b);
            if (!isOrderKey(key)) throw new Error(`${key} is no key`);
            if ((a !== null && a >= key) || (b !== null && key >= b))
                throw new Error(`${key} is not between ${a} and ${b}`);
            if (keys.length < 200) keys.splice(at, 0, key);
            else keys.splice(random(keys.length), 1);
        }
    });
});

describe("a key", () => {
    it.each([
        ["a0", true],
        ["Zz", true],
        [`A${"0".repeat(25)}1`, true],
        ["a", false],
        ["a00", false],
        ["b0", false],
        ["a0-", false],
        ["00", false],
        ["", false],
        [`A${"0".repeat(26)}`, false],
    ])("%s: %s", (key, good) => expect(isOrderKey(key)).toBe(good));
});
