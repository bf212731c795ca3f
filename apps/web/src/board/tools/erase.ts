// The eraser: whole shapes, or what it touches of strokes and lines.

import {
    get,
    isCrossed,
    wipeOps,
    type Op,
    type Point,
    type Shape,
    type ShapeId,
} from "@libconf/client/board";
import { style } from "../style.ts";
import type { Bench, Gesture, Sample, Tool } from "./tool.ts";

export const eraseTool: Tool = {
    begin: (bench, at) => {
        if (!bench.model.board.mayDraw.peek()) return null;
        return style.eraseWhole.peek() ? new EraseWhole(bench, at) : new EraseParts(bench, at);
    },
};

/** Shapes vanish under the eraser; in the end they are removed together. */
class EraseWhole implements Gesture {
    readonly #bench: Bench;
    readonly #gone = new Set<ShapeId>();
    #last: Point;

    constructor(bench: Bench, at: Sample) {
        this.#bench = bench;
        this.#last = at;
        this.#pass(at);
    }

    move(samples: readonly Sample[]): void {
        for (const sample of samples) this.#pass(sample);
    }

    end(): void {
        const { model, shapes } = this.#bench;
        const ops = [...this.#gone].map((id): Op => ({ kind: "remove", id }));
        model.board.change(ops);
        shapes.hide(new Set());
    }

    cancel(): void {
        this.#bench.shapes.hide(new Set());
    }

    #pass(to: Point): void {
        const { model, shapes } = this.#bench;
        const by = this.#bench.units(style.eraserSize.peek() / 2);
        let found = false;
        for (const shape of model.board.shapes.order) {
            if (this.#gone.has(shape.id) || shape.type === "group" || !model.mayRemove(shape)) continue;
            if (!isCrossed(shape, this.#last, to, by, model.find)) continue;
            this.#gone.add(shape.id);
            found = true;
        }
        this.#last = to;
        if (found) shapes.hide(new Set(this.#gone));
    }
}

/** Strokes and lines are cut; of other shapes nothing is taken. */
class EraseParts implements Gesture {
    readonly #bench: Bench;
    readonly #gesture: number;
    #last: Point;

    constructor(bench: Bench, at: Sample) {
        this.#bench = bench;
        this.#gesture = bench.model.board.newGesture();
        this.#last = at;
        this.#pass(at);
    }

    move(samples: readonly Sample[]): void {
        // One way for all that came in a frame: each op is a message.
        this.#pass(samples.at(-1)!);
    }

    end(): void {}

    cancel(): void {}

    #pass(to: Point): void {
        const { model } = this.#bench;
        const radius = this.#bench.units(style.eraserSize.peek() / 2);
        const wipe = { a: this.#last, b: to, radius };
        const ops = model.board.shapes.order.flatMap((shape) => {
            if (!canBeCut(shape) || !model.mayRemove(shape)) return [];
            if (!isCrossed(shape, this.#last, to, radius, model.find)) return [];
            return wipeOps(shape, wipe, () => model.board.newId(), model.mayPatch(shape)) ?? [];
        });
        this.#last = to;
        if (ops.length > 0) model.board.change(ops, this.#gesture);
    }
}

function canBeCut(shape: Shape): boolean {
    return ["pen", "highlighter", "line"].includes(shape.type) && !get(shape, "locked");
}
