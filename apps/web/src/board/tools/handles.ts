// The small squares around what is chosen: where they are, and what dragging one does.

import {
    arrowLine,
    cornersOf,
    distance,
    get,
    grown,
    lineOf,
    ownBox,
    toPageFrom,
    type Point,
    type Shape,
} from "@libconf/client/board";
import type { BoardModel } from "../model.ts";
import { PointGesture, ResizeGesture, TurnGesture, type Handle } from "./select.ts";
import type { Bench, Gesture, Sample } from "./tool.ts";

export type Grip =
    | { readonly kind: "size"; readonly at: Point; readonly handle: Handle }
    | { readonly kind: "turn"; readonly at: Point }
    | { readonly kind: "point"; readonly at: Point; readonly shape: Shape; readonly number: number };

/** Beside the edge of what is chosen, and for a finger as wide, in pixels. */
export const gripReach = 14;
const edgePixels = 6;
const turnPixels = 28;

/** The corners of the frame around what is chosen, on the page; null: nothing is. */
export function choiceCorners(model: BoardModel, units: (pixels: number) => number): readonly Point[] | null {
    const shapes = model.chosenShapes.value.filter((one) => one.type !== "group");
    const by = units(edgePixels);
    if (shapes.length === 1) {
        const shape = shapes[0]!;
        if (isLine(shape)) return null;
        const box = ownBox(shape);
        return box === null ? null : cornersOf(grown(box, by)).map((corner) => toPageFrom(shape, corner));
    }
    const box = model.chosenBox.value;
    return box === null ? null : cornersOf(grown(box, by));
}

/** Lines are held by their points. */
export function isLine(shape: Shape): boolean {
    const points = get(shape, "points");
    return (shape.type === "line" || shape.type === "arrow") && points !== null && points.xy.length <= 20;
}

export function grips(model: BoardModel, units: (pixels: number) => number): readonly Grip[] {
    const shapes = model.chosenShapes.value.filter((one) => one.type !== "group");
    if (shapes.length === 0 || model.changeable().length === 0) return [];
    const only = shapes.length === 1 ? shapes[0]! : null;
    if (only !== null && isLine(only)) {
        const line = only.type === "arrow" ? arrowLine(only, model.find) : lineOf(only, model.find);
        return line.map((at, number) => ({ kind: "point", at, shape: only, number }));
    }
    const corners = choiceCorners(model, units);
    if (corners === null) return [];
    const [a, b, c, d] = corners as readonly [Point, Point, Point, Point];
    const between = (p: Point, q: Point): Point => ({ x: (p.x + q.x) / 2, y: (p.y + q.y) / 2 });
    const top = between(a, b);
    const up = distance(a, d) || 1;
    const reach = units(turnPixels) / up;
    const all: Grip[] = [
        { kind: "size", at: a, handle: { across: -1, down: -1 } },
        { kind: "size", at: b, handle: { across: 1, down: -1 } },
        { kind: "size", at: c, handle: { across: 1, down: 1 } },
        { kind: "size", at: d, handle: { across: -1, down: 1 } },
        { kind: "turn", at: { x: top.x + (a.x - d.x) * reach, y: top.y + (a.y - d.y) * reach } },
    ];
    // A text without a width of its own is as large as its letters: only corners.
    if (only?.type !== "text" || get(only, "width") > 0) {
        all.push(
            { kind: "size", at: between(b, c), handle: { across: 1, down: 0 } },
            { kind: "size", at: between(d, a), handle: { across: -1, down: 0 } },
        );
    }
    if (only?.type !== "text") {
        all.push(
            { kind: "size", at: top, handle: { across: 0, down: -1 } },
            { kind: "size", at: between(c, d), handle: { across: 0, down: 1 } },
        );
    }
    return all;
}

/** The gesture of the handle there; null: there is none. */
export function handleAt(bench: Bench, at: Sample): Gesture | null {
    const reach = bench.units(gripReach);
    let nearest: Grip | null = null;
    for (const grip of grips(bench.model, bench.units)) {
        const isNearer = nearest === null || distance(grip.at, at) < distance(nearest.at, at);
        if (distance(grip.at, at) <= reach && isNearer) nearest = grip;
    }
    switch (nearest?.kind) {
        case "size":
            return new ResizeGesture(bench, at, nearest.handle);
        case "turn":
            return new TurnGesture(bench, at);
        case "point":
            return new PointGesture(bench, at, nearest.shape, nearest.number);
        default:
            return null;
    }
}
