// Strokes that are not done yet, our own and others', and the laser: in a layer of its own, painted once a
// frame.
//
// Chromium takes the layers of a whole page apart and together again whenever the bounds of what is painted in one of
// them change: with thousands of shapes that is most of a frame. So each stroke lies in a frame that is as large as
// what is seen, and grows within it.

import {
    get,
    type Board,
    type Box,
    type LiveStroke,
    type OwnStroke,
    type Patch,
    type Points,
    type Shape,
    type ShapeType,
} from "@libconf/client/board";
import { svgElement } from "./layer.ts";
import { linePath, penPath, wholeOf } from "./paint.ts";

interface Stroke {
    readonly type: ShapeType;
    readonly given: Patch;
    readonly points: () => Points;
    readonly element: SVGElement;
    isDirty: boolean;
}

export class InkLayer {
    readonly #root: SVGElement;
    readonly #seen: () => Box;
    readonly #strokes = new Map<object, Stroke>();
    readonly #off: () => void;
    #frame = 0;
    #predicted: { readonly of: object; readonly xy: readonly number[] } | null = null;

    /** @param seen the part of the page that is on the screen. */
    constructor(root: SVGElement, board: Board, seen: () => Box) {
        this.#root = root;
        this.#seen = seen;
        this.#off = board.live.on((stroke, what) => this.#live(stroke, what));
        for (const stroke of board.live.all) this.#live(stroke, "begun");
    }

    dispose(): void {
        this.#off();
        cancelAnimationFrame(this.#frame);
        this.#root.replaceChildren();
    }

    begin(stroke: OwnStroke): void {
        this.#add(stroke, stroke.type, stroke.given, () => stroke.points);
    }

    grow(stroke: OwnStroke, predicted: readonly number[]): void {
        this.#predicted = predicted.length > 0 ? { of: stroke, xy: predicted } : null;
        this.#dirty(stroke);
    }

    end(stroke: OwnStroke): void {
        this.#remove(stroke);
    }

    #live(stroke: LiveStroke, what: "begun" | "grown" | "gone"): void {
        if (what === "begun") this.#add(stroke, stroke.type, stroke.given, () => stroke.points.points());
        else if (what === "grown") this.#dirty(stroke);
        else this.#remove(stroke);
    }

    #add(key: object, type: ShapeType, given: Patch, points: () => Points): void {
        const shape = { type, given } as Shape;
        const paint =
            type === "pen"
                ? { fill: get(shape, "colour") }
                : {
                      fill: "none",
                      stroke: get(shape, "colour"),
                      "stroke-width": get(shape, "stroke_width"),
                      "stroke-linecap": "round",
                      "stroke-linejoin": "round",
                  };
        const { x, y, width, height } = this.#seen();
        const frame = { x: x - get(shape, "x"), y: y - get(shape, "y"), width, height, fill: "transparent" };
        const element = svgElement("path", paint);
        const whole = svgElement("g", wholeOf(shape));
        whole.append(svgElement("rect", frame), element);
        this.#root.append(whole);
        this.#strokes.set(key, { type, given, points, element, isDirty: false });
        this.#dirty(key);
    }

    #remove(key: object): void {
        this.#strokes.get(key)?.element.parentElement?.remove();
        this.#strokes.delete(key);
    }

    #dirty(key: object): void {
        const stroke = this.#strokes.get(key);
        if (stroke === undefined) return;
        stroke.isDirty = true;
        if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#paint());
    }

    #paint(): void {
        this.#frame = 0;
        for (const [key, stroke] of this.#strokes) {
            if (!stroke.isDirty) continue;
            stroke.isDirty = false;
            let points = stroke.points();
            if (this.#predicted?.of === key) points = withMore(points, this.#predicted.xy);
            if (points.xy.length === 0) continue;
            const width = get({ given: stroke.given } as Shape, "stroke_width");
            const d = stroke.type === "pen" ? penPath(points, width) : linePath(pairs(points));
            stroke.element.setAttribute("d", d);
        }
    }
}

/** With what the browser thinks comes next. */
function withMore(points: Points, more: readonly number[]): Points {
    const xy = new Float64Array(points.xy.length + more.length);
    xy.set(points.xy);
    xy.set(more, points.xy.length);
    return { ...points, xy };
}

function pairs({ xy }: Points): { readonly x: number; readonly y: number }[] {
    return Array.from({ length: xy.length / 2 }, (_, n) => ({ x: xy[2 * n]!, y: xy[2 * n + 1]! }));
}
