// Shapes that are drawn from one corner to the other, and lines from one end to the other.

import {
    bindingAt,
    boxBetween,
    distance,
    isBindable,
    pointsOf,
    quantised,
    shapeAt,
    snappedAngle,
    snappedSquare,
    type Binding,
    type Patch,
    type Point,
    type Shape,
    type ShapeId,
    type ShapeType,
} from "@libconf/client/board";
import { styleOf } from "../style.ts";
import { clickPixels, type Bench, type Gesture, type Modifiers, type Sample, type Tool } from "./tool.ts";

export type FormType = "rectangle" | "ellipse" | "polygon" | "stamp" | "line" | "arrow";

/** What a click alone makes, in units. */
const clickSize: { readonly [type in FormType]: readonly [width: number, height: number] } = {
    rectangle: [240, 160],
    ellipse: [240, 160],
    polygon: [200, 180],
    stamp: [80, 80],
    line: [240, 0],
    arrow: [240, 0],
};

/** So many pixels beside a shape an arrow is bound to it still. */
const bindPixels = 8;

export function formTool(type: FormType): Tool {
    return {
        begin: (bench, at) => (bench.model.board.mayDraw.peek() ? new FormGesture(bench, type, at) : null),
    };
}

class FormGesture implements Gesture {
    readonly #bench: Bench;
    readonly #type: FormType;
    readonly #from: Sample;
    readonly #id: ShapeId;
    readonly #index: string;
    readonly #style: Patch;
    #given: Patch | null = null;

    constructor(bench: Bench, type: FormType, from: Sample) {
        this.#bench = bench;
        this.#type = type;
        this.#from = from;
        const { board } = bench.model;
        this.#id = board.newId();
        this.#index = board.topIndex();
        this.#style = styleOf(type);
    }

    move(samples: readonly Sample[], modifiers: Modifiers): void {
        const to = samples.at(-1)!;
        if (this.#given === null && distance(this.#from, to) < this.#bench.units(clickPixels)) return;
        this.#given = this.#shape(to, modifiers);
        this.#bench.shapes.draft(this.#asShape(this.#given));
    }

    end(): void {
        const { model, shapes } = this.#bench;
        const given = this.#given ?? this.#clicked();
        shapes.draft(null);
        model.board.change([{ kind: "put", id: this.#id, type: this.#type, given }]);
        if (model.isToolKept.peek() || this.#type === "stamp") return;
        model.setTool("select");
        model.choose([this.#id]);
    }

    cancel(): void {
        this.#bench.shapes.draft(null);
    }

    #asShape(given: Patch): Shape {
        const { you } = this.#bench.model.board;
        const author = you.peek();
        const stamped = { author, lastAuthor: author, created: 0, updated: 0, version: 0 };
        return { id: this.#id, type: this.#type as ShapeType, given: given as Shape["given"], ...stamped };
    }

    #shape(to: Sample, { shift, alt }: Modifiers): Patch {
        return this.#type === "line" || this.#type === "arrow"
            ? this.#line(this.#from, shift ? snappedAngle(this.#from, to) : to, !alt)
            : this.#box(
                  this.#from,
                  shift || this.#type === "stamp" ? snappedSquare(this.#from, to) : to,
                  alt,
              );
    }

    #box(from: Point, to: Point, isCentred: boolean): Patch {
        const start = isCentred ? { x: 2 * from.x - to.x, y: 2 * from.y - to.y } : from;
        const box = boxBetween(start, to);
        return {
            ...this.#style,
            index: this.#index,
            x: quantised(box.x),
            y: quantised(box.y),
            width: Math.max(1, quantised(box.width)),
            height: Math.max(1, quantised(box.height)),
        };
    }

    #line(from: Point, to: Point, binds: boolean): Patch {
        const x = quantised(from.x);
        const y = quantised(from.y);
        const points = pointsOf([
            [0, 0],
            [to.x - x, to.y - y],
        ]);
        if (this.#type === "line" || !binds) return { ...this.#style, index: this.#index, x, y, points };
        const start = this.#binding(from);
        const end = this.#binding(to);
        // Both ends in one shape bind to nothing: an arrow within it is meant.
        const isWithin = start !== null && start.shape === end?.shape;
        return {
            ...this.#style,
            index: this.#index,
            x,
            y,
            points,
            ...(start === null || isWithin ? {} : { start_binding: start }),
            ...(end === null || isWithin ? {} : { end_binding: end }),
        };
    }

    #binding(point: Point): Binding | null {
        return bindingOf(this.#bench, point, this.#id);
    }

    #clicked(): Patch {
        const [width, height] = clickSize[this.#type];
        const from = { x: this.#from.x - width / 2, y: this.#from.y - height / 2 };
        const to = { x: from.x + width, y: from.y + height };
        return this.#type === "line" || this.#type === "arrow"
            ? this.#line(this.#from, { x: this.#from.x + width, y: this.#from.y }, false)
            : this.#box(from, to, false);
    }
}

/** To which shape, and where, an arrow's end at that place is bound. */
export function bindingOf(bench: Bench, point: Point, self: ShapeId): Binding | null {
    const { model } = bench;
    const others = model.board.shapes.order.filter((one) => isBindable(one) && one.id !== self);
    const shape = shapeAt(others, point, bench.units(bindPixels), model.find);
    return shape === null ? null : bindingAt(shape, point);
}
