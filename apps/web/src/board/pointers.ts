// What pointers mean: which one draws, which ones move the page, and which is the palm of a hand that holds a
// pen.
//
// As long as no pen was seen, one finger draws and two move the page. From the first pen on only the pen (and
// a mouse) draws, a finger moves the page, and what touches the screen while the pen is down, or shortly
// after, is a palm.

import type { Point } from "@libconf/client/board";

export type PointerKind = "mouse" | "pen" | "touch";

export interface Pointer {
    readonly id: number;
    readonly kind: PointerKind;
    readonly at: Point;
    /** Of the touch, the longer side in pixels; 0: not told. */
    readonly contact: number;
    /** Which button went down: 0 the main one, 1 the middle one, 5 the end of a pen that erases. */
    readonly button: number;
    readonly time: number;
}

/** Who listens. What began is ended, or cancelled, before anything else begins. */
export interface PointerOwner {
    begin(pointer: Pointer): void;
    move(pointer: Pointer): void;
    end(pointer: Pointer): void;
    /** It meant something else: as if it had never begun. */
    cancel(): void;
    /** Moves the page; `from` and `to` have one place or two. */
    moveView(from: readonly Point[], to: readonly Point[]): void;
    /** The first pen: from now on fingers move the page. */
    penSeen(): void;
}

/** After the pen has left, a hand still lies there. */
export const palmMs = 500;
/** Fingers are smaller. */
export const palmContact = 60;
/** So soon after the first finger the second one means: both move the page. */
export const secondFingerMs = 250;

export class Pointers {
    readonly #owner: PointerOwner;
    /** Moves the page whatever the tool is (the hand, or the space bar held). */
    isHand = false;
    #penSeen = false;
    #penUpAt = -Infinity;
    #drawing: { readonly id: number; readonly kind: PointerKind; readonly since: number } | null = null;
    /** Pointers that move the page, where they were last. */
    readonly #moving = new Map<number, Point>();
    #lastAt: Point = { x: 0, y: 0 };

    constructor(owner: PointerOwner) {
        this.#owner = owner;
    }

    get isDrawing(): boolean {
        return this.#drawing !== null;
    }

    /** Whether it is followed; what is not is none of ours. */
    down(pointer: Pointer): boolean {
        if (pointer.kind === "pen" && !this.#penSeen) {
            this.#penSeen = true;
            this.#owner.penSeen();
        }
        if (pointer.kind === "touch") return this.#touch(pointer);
        // The pen wins over a finger that rests on the page.
        this.#moving.clear();
        if (this.#drawing !== null) this.#cancel();
        if (this.isHand || pointer.button === 1) this.#moving.set(pointer.id, pointer.at);
        else this.#begin(pointer);
        return true;
    }

    move(pointer: Pointer): void {
        if (this.#drawing?.id === pointer.id) {
            this.#lastAt = pointer.at;
            return this.#owner.move(pointer);
        }
        if (!this.#moving.has(pointer.id)) return;
        const from = [...this.#moving.values()];
        this.#moving.set(pointer.id, pointer.at);
        this.#owner.moveView(from, [...this.#moving.values()]);
    }

    up(pointer: Pointer): void {
        this.#moving.delete(pointer.id);
        if (pointer.kind === "pen") this.#penUpAt = pointer.time;
        if (this.#drawing?.id !== pointer.id) return;
        this.#drawing = null;
        this.#owner.end(pointer);
    }

    /** The browser, or the system, has taken it. */
    lose(id: number): void {
        this.#moving.delete(id);
        if (this.#drawing?.id === id) this.#cancel();
    }

    #touch(pointer: Pointer): boolean {
        const penIsDown = this.#drawing?.kind === "pen";
        const isPalm =
            this.#penSeen &&
            (penIsDown || pointer.time - this.#penUpAt < palmMs || pointer.contact > palmContact);
        if (isPalm || this.#drawing?.kind === "mouse") return false;
        if (this.#drawing !== null) {
            // The second finger. Late: the first one is drawing indeed, and this one rests.
            if (pointer.time - this.#drawing.since > secondFingerMs) return false;
            const first = this.#drawing.id;
            const at = this.#lastAt;
            this.#cancel();
            this.#moving.set(first, at);
            this.#moving.set(pointer.id, pointer.at);
            return true;
        }
        if (this.#moving.size >= 2) return false;
        if (this.isHand || this.#penSeen || this.#moving.size > 0) this.#moving.set(pointer.id, pointer.at);
        else this.#begin(pointer);
        return true;
    }

    #begin(pointer: Pointer): void {
        this.#drawing = { id: pointer.id, kind: pointer.kind, since: pointer.time };
        this.#lastAt = pointer.at;
        this.#owner.begin(pointer);
    }

    #cancel(): void {
        this.#drawing = null;
        this.#owner.cancel();
    }
}
