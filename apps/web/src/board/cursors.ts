// Others' cursors with their names, and the laser's trail, moved without rendering anything anew.

import { toScreen, type Author, type Board, type Camera, type Point } from "@libconf/client/board";
import type { LaserTrail } from "./laser.ts";

/** Who has not moved for so long is not shown. */
export const idleMs = 10_000;
/** Twelve hues, neighbours far apart. */
const hueOrder = [0, 5, 10, 3, 8, 1, 6, 11, 4, 9, 2, 7];

export function authorHue(author: number): number {
    return hueOrder[author % hueOrder.length]!;
}

export function authorColour(author: number): string {
    return `oklch(0.62 0.19 ${authorHue(author) * 30})`;
}

interface Cursor {
    readonly element: HTMLElement;
    readonly label: HTMLElement;
    at: Point;
    timer: ReturnType<typeof setTimeout> | undefined;
}

export class CursorLayer {
    readonly #root: HTMLElement;
    readonly #laser: LaserTrail;
    readonly #board: Board;
    readonly #all = new Map<number, Cursor>();
    readonly #off: () => void;
    #camera: Camera = { x: 0, y: 0, zoom: 1 };

    constructor(root: HTMLElement, laser: LaserTrail, board: Board) {
        this.#root = root;
        this.#laser = laser;
        this.#board = board;
        this.#off = board.on("pointers", (pointers) => {
            for (const { author, kind, x, y } of pointers) {
                if (kind === null) this.#hide(author);
                else this.#show(author, kind, { x, y });
            }
        });
    }

    dispose(): void {
        this.#off();
        this.clear();
    }

    clear(): void {
        for (const author of [...this.#all.keys()]) this.#hide(author);
    }

    setCamera(camera: Camera): void {
        this.#camera = camera;
        for (const cursor of this.#all.values()) this.#place(cursor);
    }

    #show(author: number, kind: "cursor" | "laser", at: Point): void {
        const cursor = this.#all.get(author) ?? this.#make(author);
        cursor.at = at;
        cursor.label.textContent = this.#nameOf(author);
        this.#place(cursor);
        clearTimeout(cursor.timer);
        cursor.timer = setTimeout(() => this.#hide(author), idleMs);
        if (kind === "laser")
            this.#laser.add(`author ${author}`, at, authorColour(author), performance.now());
    }

    #hide(author: number): void {
        const cursor = this.#all.get(author);
        if (cursor === undefined) return;
        clearTimeout(cursor.timer);
        cursor.element.remove();
        this.#all.delete(author);
    }

    #make(author: number): Cursor {
        const element = document.createElement("div");
        element.className = "board-cursor";
        element.dataset["hue"] = String(authorHue(author));
        const label = document.createElement("span");
        element.append(label);
        this.#root.append(element);
        const made: Cursor = { element, label, at: { x: 0, y: 0 }, timer: undefined };
        this.#all.set(author, made);
        return made;
    }

    #place(cursor: Cursor): void {
        const { x, y } = toScreen(this.#camera, cursor.at);
        cursor.element.style.transform = `translate(${x}px, ${y}px)`;
    }

    #nameOf(author: number): string {
        const known: Author | undefined = this.#board.authors.peek().get(author);
        return known?.name ?? "";
    }
}
