// Choosing, moving, resizing and turning.

import {
    boxBetween,
    centerOf,
    distance,
    fromPageTo,
    get,
    isEnclosed,
    movedBy,
    ownBox,
    pointsOfLine,
    resized,
    resizedAlone,
    shapeAt,
    toPageFrom,
    turnedBy,
    type Box,
    type Op,
    type Patch,
    type Point,
    type Shape,
    type ShapeId,
} from "@libconf/client/board";
import { withLines } from "../measure.ts";
import { bindingOf } from "./form.ts";
import {
    clickPixels,
    dragEveryMs,
    type Bench,
    type Gesture,
    type Modifiers,
    type Sample,
    type Tool,
} from "./tool.ts";

/** So many pixels beside a thin line one still points at it. */
export const pointPixels = 6;

export const selectTool: Tool = {
    begin: (bench, at, modifiers) => {
        const { model } = bench;
        const found = shapeUnder(bench, at);
        if (found === null) return new MarqueeGesture(bench, at, modifiers);
        const wasChosen = model.chosen.peek().has(found.id);
        if (modifiers.shift) model.toggle(found.id);
        else if (modifiers.alt) model.choose([found.id], true);
        else if (!wasChosen) model.choose([found.id]);
        return new MoveGesture(bench, at);
    },
};

export function shapeUnder(bench: Bench, at: Point): Shape | null {
    const { model } = bench;
    const order = model.board.shapes.order.filter((one) => model.isChoosable(one));
    return shapeAt(order, at, bench.units(pointPixels), model.find);
}

class MarqueeGesture implements Gesture {
    readonly #bench: Bench;
    readonly #from: Point;
    readonly #before: ReadonlySet<ShapeId>;

    constructor(bench: Bench, from: Point, { shift }: Modifiers) {
        this.#bench = bench;
        this.#from = from;
        this.#before = shift ? bench.model.chosen.peek() : new Set();
        if (!shift) bench.model.choose([]);
    }

    move(samples: readonly Sample[]): void {
        const { model, marquee } = this.#bench;
        const box = boxBetween(this.#from, samples.at(-1)!);
        marquee.value = box;
        const within = model.board.shapes.order.filter(
            (one) => model.isChoosable(one) && isEnclosed(one, box, model.find),
        );
        model.choose([...this.#before, ...within.map((one) => one.id)]);
    }

    end(): void {
        this.#bench.marquee.value = null;
    }

    cancel(): void {
        this.end();
    }
}

/** Something dragged: shown at once, told ten times a second, one entry to undo. */
abstract class DragGesture implements Gesture {
    protected readonly bench: Bench;
    protected readonly from: Sample;
    readonly #gesture: number;
    #toldAt = 0;
    #ops: readonly Op[] = [];
    #told = false;
    #moved = false;

    constructor(bench: Bench, from: Sample) {
        this.bench = bench;
        this.from = from;
        this.#gesture = bench.model.board.newGesture();
    }

    /** What the shapes, as they were at the begin, become. */
    protected abstract ops(to: Sample, modifiers: Modifiers): readonly Op[];
    protected abstract back(): readonly Op[];

    move(samples: readonly Sample[], modifiers: Modifiers): void {
        const to = samples.at(-1)!;
        if (!this.#moved && distance(this.from, to) < this.bench.units(clickPixels)) return;
        this.#moved = true;
        this.#ops = this.ops(to, modifiers);
        this.bench.shapes.preview(patchesOf(this.#ops));
        if (to.time - this.#toldAt < dragEveryMs) return;
        this.#toldAt = to.time;
        this.#tell();
    }

    end(): void {
        if (this.#moved) this.#tell();
        this.bench.shapes.preview(new Map());
    }

    cancel(): void {
        if (this.#told) this.bench.model.board.change(this.back(), this.#gesture);
        this.bench.shapes.preview(new Map());
    }

    #tell(): void {
        this.#told = true;
        this.bench.model.board.change(this.#ops, this.#gesture);
    }
}

function patchesOf(ops: readonly Op[]): ReadonlyMap<ShapeId, Patch> {
    return new Map(ops.flatMap((op) => (op.kind === "patch" ? [[op.id, op.patch] as const] : [])));
}

/** What those ops change, as it is now. */
function inverse(shapes: readonly Shape[]): readonly Op[] {
    return shapes.map((one) => ({
        kind: "patch",
        id: one.id,
        patch: {
            x: get(one, "x"),
            y: get(one, "y"),
            ...(one.given.rotation === undefined ? {} : { rotation: one.given.rotation }),
            ...(one.given.width === undefined ? {} : { width: one.given.width }),
            ...(one.given.height === undefined ? {} : { height: one.given.height }),
            ...(one.given.points === undefined ? {} : { points: one.given.points }),
        },
    }));
}

class MoveGesture extends DragGesture {
    readonly #shapes: readonly Shape[];

    constructor(bench: Bench, from: Sample) {
        super(bench, from);
        this.#shapes = bench.model.changeable();
    }

    protected ops(to: Sample, { shift }: Modifiers): readonly Op[] {
        let [dx, dy] = [to.x - this.from.x, to.y - this.from.y];
        if (shift) {
            if (Math.abs(dx) > Math.abs(dy)) dy = 0;
            else dx = 0;
        }
        return movedBy(this.#shapes, dx, dy);
    }

    protected back(): readonly Op[] {
        return inverse(this.#shapes);
    }
}

/** Which edge or corner is dragged: -1, 0, 1 across and down. */
export interface Handle {
    readonly across: -1 | 0 | 1;
    readonly down: -1 | 0 | 1;
}

export class ResizeGesture extends DragGesture {
    readonly #shapes: readonly Shape[];
    readonly #handle: Handle;
    readonly #box: Box;
    readonly #alone: Shape | null;

    constructor(bench: Bench, from: Sample, handle: Handle) {
        super(bench, from);
        this.#shapes = bench.model.changeable();
        this.#handle = handle;
        const only = bench.model.chosenShapes.peek();
        this.#alone = only.length === 1 && this.#shapes.length === 1 ? this.#shapes[0]! : null;
        this.#box =
            (this.#alone === null ? bench.model.chosenBox.peek() : ownBox(this.#alone)) ??
            boxBetween(from, from);
    }

    protected ops(to: Sample, modifiers: Modifiers): readonly Op[] {
        const alone = this.#alone;
        if (alone === null)
            return resized(this.#shapes, this.#box, this.#dragged(this.from, to, modifiers, false));
        const [from, at] = [fromPageTo(alone, this.from), fromPageTo(alone, to)];
        const isEven =
            ["image", "stamp", "text"].includes(alone.type) &&
            this.#handle.across !== 0 &&
            this.#handle.down !== 0;
        return resizedAlone(alone, this.#dragged(from, at, modifiers, isEven)).map((op) =>
            op.kind === "patch" ? { ...op, patch: withLines(alone, op.patch) } : op,
        );
    }

    protected back(): readonly Op[] {
        return inverse(this.#shapes);
    }

    #dragged(from: Point, to: Point, { shift, alt }: Modifiers, isEven: boolean): Box {
        const { across, down } = this.#handle;
        const box = this.#box;
        const both = alt ? 2 : 1;
        let width = Math.max(1, box.width + across * both * (to.x - from.x));
        let height = Math.max(1, box.height + down * both * (to.y - from.y));
        if (shift !== isEven && box.width > 0 && box.height > 0) {
            const factor =
                across === 0
                    ? height / box.height
                    : down === 0
                      ? width / box.width
                      : Math.max(width / box.width, height / box.height);
            [width, height] = [box.width * factor, box.height * factor];
        }
        const place = (at: number, before: number, now: number, side: number): number =>
            alt ? at + (before - now) / 2 : side < 0 ? at + before - now : at;
        return {
            x: place(box.x, box.width, width, across),
            y: place(box.y, box.height, height, down),
            width,
            height,
        };
    }
}

export class TurnGesture extends DragGesture {
    readonly #shapes: readonly Shape[];
    readonly #center: Point;

    constructor(bench: Bench, from: Sample) {
        super(bench, from);
        this.#shapes = bench.model.changeable();
        const { chosenShapes, chosenBox } = bench.model;
        const only = chosenShapes.peek();
        const own = only.length === 1 ? ownBox(only[0]!) : null;
        // A single one turns about its own middle, wherever its corners are by now.
        this.#center =
            own !== null
                ? toPageFrom(only[0]!, centerOf(own))
                : centerOf(chosenBox.peek() ?? boxBetween(from, from));
    }

    protected ops(to: Sample, { shift }: Modifiers): readonly Op[] {
        const angle = (at: Point): number => Math.atan2(at.y - this.#center.y, at.x - this.#center.x);
        const step = Math.PI / 12;
        const by = angle(to) - angle(this.from);
        return turnedBy(this.#shapes, this.#center, shift ? Math.round(by / step) * step : by);
    }

    protected back(): readonly Op[] {
        return inverse(this.#shapes);
    }
}

/** One point of a line; an arrow's end binds to what lies there. */
export class PointGesture extends DragGesture {
    readonly #shape: Shape;
    readonly #at: number;

    constructor(bench: Bench, from: Sample, shape: Shape, at: number) {
        super(bench, from);
        this.#shape = shape;
        this.#at = at;
    }

    protected ops(to: Sample, { alt }: Modifiers): readonly Op[] {
        const points = get(this.#shape, "points");
        if (points === null) return [];
        const all = pointsOfLine(points);
        const place = fromPageTo(this.#shape, to);
        const xy = Float64Array.from(points.xy);
        xy[2 * this.#at] = Math.round(place.x * 16) / 16;
        xy[2 * this.#at + 1] = Math.round(place.y * 16) / 16;
        const moved = { points: { ...points, xy } };
        const isStart = this.#at === 0;
        let patch: Patch = moved;
        if (this.#shape.type === "arrow" && (isStart || this.#at === all.length - 1)) {
            const binding = alt ? null : bindingOf(this.bench, to, this.#shape.id);
            patch = isStart ? { ...moved, start_binding: binding } : { ...moved, end_binding: binding };
        }
        return [{ kind: "patch", id: this.#shape.id, patch }];
    }

    protected back(): readonly Op[] {
        return inverse([this.#shape]);
    }
}
