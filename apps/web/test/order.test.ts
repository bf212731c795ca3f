import { describe, expect, it } from "vitest";
import { TileOrder } from "../src/call/order.ts";

const all = (...ids: string[]) => ids.map((id) => ({ id, hasVideo: !id.startsWith("quiet") }));

describe("the order of tiles", () => {
    it("puts new ones behind, those with a picture first", () => {
        const order = new TileOrder();
        expect(order.update(all("a", "b"), null, 9)).toEqual(["a", "b"]);
        expect(order.update(all("quiet", "c", "a", "b"), null, 9)).toEqual(["a", "b", "c", "quiet"]);
        expect(order.update(all("b", "quiet", "c"), null, 9)).toEqual(["b", "c", "quiet"]);
    });

    it("does not move anybody who is on the first page already", () => {
        const order = new TileOrder();
        order.update(all("a", "b", "c"), null, 9);
        expect(order.update(all("a", "b", "c"), "c", 9)).toEqual(["a", "b", "c"]);
    });

    it("gives a hidden speaker the place of who was silent longest, and never ours", () => {
        const order = new TileOrder();
        const people = all("me", "a", "b", "c");
        order.update(people, null, 3, "me");
        order.update(people, "b", 3, "me");
        expect(order.update(people, "c", 3, "me")).toEqual(["me", "c", "b", "a"]);
        expect(order.update(people, "a", 3, "me")).toEqual(["me", "c", "a", "b"]);
    });

    it("moves to the start when asked", () => {
        const order = new TileOrder();
        order.update(all("a", "b", "c"), null, 9);
        order.moveToStart("c");
        order.moveToStart("nobody");
        expect(order.update(all("a", "b", "c"), null, 9)).toEqual(["c", "a", "b"]);
    });
});
