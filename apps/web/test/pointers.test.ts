import { beforeEach, describe, expect, it } from "vitest";
import { palmContact, palmMs, Pointers, secondFingerMs, type Pointer } from "../src/board/pointers.ts";

let said: string[];
let pointers: Pointers;

beforeEach(() => {
    said = [];
    pointers = new Pointers({
        begin: ({ id }) => said.push(`begin ${id}`),
        move: ({ id }) => said.push(`move ${id}`),
        end: ({ id }) => said.push(`end ${id}`),
        cancel: () => said.push("cancel"),
        moveView: (from, to) => said.push(`view ${from.length} ${to.at(-1)!.x - from.at(-1)!.x}`),
        penSeen: () => said.push("pen"),
    });
});

function pointer(kind: Pointer["kind"], id: number, more: Partial<Pointer> = {}): Pointer {
    return { id, kind, at: { x: 0, y: 0 }, contact: 0, button: 0, time: 0, ...more };
}

describe("one finger", () => {
    it("draws where no pen was seen", () => {
        pointers.down(pointer("touch", 1));
        pointers.move(pointer("touch", 1));
        pointers.up(pointer("touch", 1));
        expect(said).toEqual(["begin 1", "move 1", "end 1"]);
    });

    it("moves the page with the hand", () => {
        pointers.isHand = true;
        pointers.down(pointer("touch", 1));
        pointers.move(pointer("touch", 1, { at: { x: 7, y: 0 } }));
        expect(said).toEqual(["view 1 7"]);
    });

    it("moves the page once a pen was seen", () => {
        pointers.down(pointer("pen", 1));
        pointers.up(pointer("pen", 1, { time: 10 }));
        said = [];
        pointers.down(pointer("touch", 2, { time: 10 + palmMs }));
        pointers.move(pointer("touch", 2, { at: { x: 3, y: 0 } }));
        expect(said).toEqual(["view 1 3"]);
    });
});

describe("two fingers", () => {
    it("move the page, and what the first one began is gone", () => {
        pointers.down(pointer("touch", 1));
        pointers.down(pointer("touch", 2, { time: secondFingerMs }));
        pointers.move(pointer("touch", 2, { at: { x: 4, y: 0 } }));
        pointers.up(pointer("touch", 1));
        pointers.up(pointer("touch", 2));
        expect(said).toEqual(["begin 1", "cancel", "view 2 4"]);
    });

    it("are one that draws and one that rests when the second comes late", () => {
        pointers.down(pointer("touch", 1));
        expect(pointers.down(pointer("touch", 2, { time: secondFingerMs + 1 }))).toBe(false);
        pointers.up(pointer("touch", 1));
        expect(said).toEqual(["begin 1", "end 1"]);
    });
});

describe("a palm", () => {
    it("is what touches the screen while the pen is down", () => {
        pointers.down(pointer("pen", 1));
        expect(pointers.down(pointer("touch", 2))).toBe(false);
        pointers.move(pointer("pen", 1));
        expect(said).toEqual(["pen", "begin 1", "move 1"]);
    });

    it("or shortly after it, or is larger than a finger", () => {
        pointers.down(pointer("pen", 1));
        pointers.up(pointer("pen", 1, { time: 100 }));
        expect(pointers.down(pointer("touch", 2, { time: 100 + palmMs - 1 }))).toBe(false);
        const large = { time: 5000, contact: palmContact + 1 };
        expect(pointers.down(pointer("touch", 3, large))).toBe(false);
        expect(pointers.down(pointer("touch", 4, { ...large, contact: palmContact }))).toBe(true);
    });

    it("lay there before the pen came: what it began is gone", () => {
        pointers.down(pointer("touch", 1));
        pointers.down(pointer("pen", 2));
        pointers.move(pointer("touch", 1));
        pointers.up(pointer("pen", 2));
        expect(said).toEqual(["begin 1", "pen", "cancel", "begin 2", "end 2"]);
    });
});

it("the middle button of a mouse moves the page", () => {
    pointers.down(pointer("mouse", 1, { button: 1 }));
    pointers.move(pointer("mouse", 1, { at: { x: 0, y: 5 } }));
    expect(said).toEqual(["view 1 0"]);
});

it("a pointer that is taken away has drawn nothing", () => {
    pointers.down(pointer("mouse", 1));
    pointers.lose(1);
    pointers.up(pointer("mouse", 1));
    expect(said).toEqual(["begin 1", "cancel"]);
});
