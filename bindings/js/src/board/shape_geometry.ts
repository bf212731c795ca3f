// Where shapes are: their boxes, corners and lines, in their own coordinates and on the page.

import {
    boxAround,
    cornersOf,
    distanceToLine,
    isInside,
    isWithin,
    overlap,
    piecesMeet,
    turned,
    type Box,
    type Point,
} from "./geometry.ts";
import type { Points } from "./points.ts";
import { get } from "./properties.ts";
import { textSize } from "./text.ts";
import { figures, type Binding, type Figure, type Shape, type ShapeId } from "./types.ts";

export type FindShape = (id: ShapeId) => Shape | undefined;

const origin: Point = { x: 0, y: 0 };

/** Section 11 of the protocol: corners in the box, 0 to 1. */
const corners: readonly string[] = [
    ".5 0, 1 .5, .5 1, 0 .5",
    ".5 0, 1 1, 0 1",
    ".25 0, .75 0, 1 1, 0 1",
    ".25 0, 1 0, .75 1, 0 1",
    ".5 0, 1 .382, .809 1, .191 1, 0 .382",
    ".25 0, .75 0, 1 .5, .75 1, .25 1, 0 .5",
    ".293 0, .707 0, 1 .293, 1 .707, .707 1, .293 1, 0 .707, 0 .293",
    ".5 0, .618 .382, 1 .382, .691 .618, .809 1, .5 .764, .191 1, .309 .618, 0 .382, .382 .382",
    "0 .5, .4 0, .4 .25, 1 .25, 1 .75, .4 .75, .4 1",
    "1 .5, .6 1, .6 .75, 0 .75, 0 .25, .6 .25, .6 0",
    ".5 0, 1 .4, .75 .4, .75 1, .25 1, .25 .4, 0 .4",
    ".5 1, 0 .6, .25 .6, .25 0, .75 0, .75 .6, 1 .6",
    "0 0, 1 0, 1 1, 0 1",
    "0 0, 1 0, 1 1, 0 1",
    // The cloud, as far as pointing at it goes.
    ".15 .5, .2 .15, .48 .1, .7 .05, .88 .2, .97 .6, .85 .9, .25 .92, .05 .8",
];
const figureCorners = corners.map((text) =>
    text.split(", ").map((pair): Point => {
        const [x, y] = pair.split(" ").map(Number);
        return { x: x!, y: y! };
    }),
);

/** In its box of 1 by 1. */
export function cornersOfFigure(figure: Figure): readonly Point[] {
    return figureCorners[figures.indexOf(figure)]!;
}

const pointBoxes = new WeakMap<Points, Box>();

export function pointsOfLine(points: Points): readonly Point[] {
    return Array.from({ length: points.xy.length / 2 }, (_, n) => ({
        x: points.xy[2 * n]!,
        y: points.xy[2 * n + 1]!,
    }));
}

function boxOfPoints(points: Points): Box {
    let box = pointBoxes.get(points);
    if (box === undefined) {
        box = boxAround(pointsOfLine(points)) ?? { x: 0, y: 0, width: 0, height: 0 };
        pointBoxes.set(points, box);
    }
    return box;
}

/** In its own coordinates, without the width of its line; null: it has none (a group). */
export function ownBox(shape: Shape): Box | null {
    switch (shape.type) {
        case "group":
            return null;
        case "pen":
        case "highlighter":
        case "line":
        case "arrow": {
            const points = get(shape, "points");
            return points === null ? null : boxOfPoints(points);
        }
        case "text": {
            const { width, height } = textSize(shape);
            const own = get(shape, "width");
            // Without a width of its own a text grows from where it is aligned.
            const from = own > 0 ? 0 : { start: 0, middle: width / 2, end: width }[get(shape, "align")];
            return { x: -from, y: 0, width, height };
        }
        default:
            return { x: 0, y: 0, width: get(shape, "width"), height: get(shape, "height") };
    }
}

/** From a shape's own coordinates to the page's. */
export function toPageFrom(shape: Shape, point: Point): Point {
    const at = turned(point, origin, get(shape, "rotation"));
    return { x: at.x + get(shape, "x"), y: at.y + get(shape, "y") };
}

export function fromPageTo(shape: Shape, point: Point): Point {
    const at = { x: point.x - get(shape, "x"), y: point.y - get(shape, "y") };
    return turned(at, origin, -get(shape, "rotation"));
}

/** On the page, turned with the shape. */
export function pageCorners(shape: Shape): readonly Point[] {
    const box = ownBox(shape);
    return box === null ? [] : cornersOf(box).map((corner) => toPageFrom(shape, corner));
}

/** The upright box around it on the page. */
export function boundsOf(shape: Shape, find: FindShape): Box | null {
    if (shape.type === "arrow") return boxAround(arrowLine(shape, find));
    const box = ownBox(shape);
    if (box === null) return null;
    if (get(shape, "rotation") !== 0) return boxAround(pageCorners(shape));
    return { ...box, x: box.x + get(shape, "x"), y: box.y + get(shape, "y") };
}

export function boundsOfAll(shapes: Iterable<Shape>, find: FindShape): Box | null {
    const points: Point[] = [];
    for (const shape of shapes) {
        const box = boundsOf(shape, find);
        if (box !== null) points.push(...cornersOf(box));
    }
    return boxAround(points);
}

/** Arrows can be bound to what has a box. */
export function isBindable(shape: Shape): boolean {
    return ["rectangle", "ellipse", "polygon", "note", "stamp", "image", "frame"].includes(shape.type);
}

/** Where on the page a bound end lies; null: what it was bound to is gone. */
export function boundPoint(binding: Binding | null, find: FindShape): Point | null {
    const shape = binding === null ? undefined : find(binding.shape);
    if (binding === null || shape === undefined || !isBindable(shape)) return null;
    return toPageFrom(shape, {
        x: (binding.x / 1024) * get(shape, "width"),
        y: (binding.y / 1024) * get(shape, "height"),
    });
}

/** The binding of a place on the page to that shape. */
export function bindingAt(shape: Shape, point: Point): Binding {
    const at = fromPageTo(shape, point);
    const part = (value: number, of: number): number =>
        Math.max(0, Math.min(1024, Math.round(of === 0 ? 512 : (value / of) * 1024)));
    return { shape: shape.id, x: part(at.x, get(shape, "width")), y: part(at.y, get(shape, "height")) };
}

/** An arrow's points on the page, with its ends where they are bound. */
export function arrowLine(shape: Shape, find: FindShape): readonly Point[] {
    const points = get(shape, "points");
    if (points === null) return [];
    const line = pointsOfLine(points).map((point) => toPageFrom(shape, point));
    const start = boundPoint(get(shape, "start_binding"), find);
    const end = boundPoint(get(shape, "end_binding"), find);
    if (start !== null) line[0] = start;
    if (end !== null) line[line.length - 1] = end;
    return line;
}

/** Its edge as a closed line on the page; null: it is a line itself. */
function edgeOf(shape: Shape): readonly Point[] | null {
    const box = ownBox(shape);
    if (box === null) return null;
    switch (shape.type) {
        case "ellipse":
            return Array.from({ length: 32 }, (_, i) => {
                const angle = (i / 32) * 2 * Math.PI;
                return toPageFrom(shape, {
                    x: (box.width / 2) * (1 + Math.cos(angle)),
                    y: (box.height / 2) * (1 + Math.sin(angle)),
                });
            });
        case "polygon":
            return cornersOfFigure(get(shape, "figure")).map(({ x, y }) =>
                toPageFrom(shape, { x: x * box.width, y: y * box.height }),
            );
        case "rectangle":
        case "text":
        case "note":
        case "stamp":
        case "image":
        case "frame":
            return pageCorners(shape);
        default:
            return null;
    }
}

/** What can be seen through, save for its edge. */
function isHollow(shape: Shape): boolean {
    if (shape.type === "frame") return true;
    return ["rectangle", "ellipse", "polygon"].includes(shape.type) && get(shape, "fill") === "none";
}

/** Whether the pointer is on it, `by` so many units beside it, too: "edge", or "inside" of what is hollow. */
export function hit(shape: Shape, point: Point, by: number, find: FindShape): "edge" | "inside" | null {
    const bounds = boundsOf(shape, find);
    if (bounds === null) return null;
    const reach = by + get(shape, "stroke_width") / 2;
    if (
        !isInside(point, {
            x: bounds.x - reach,
            y: bounds.y - reach,
            width: bounds.width + 2 * reach,
            height: bounds.height + 2 * reach,
        })
    )
        return null;
    const edge = edgeOf(shape);
    if (edge === null) return distanceToLine(point, lineOf(shape, find)) <= reach ? "edge" : null;
    const isIn = isWithin(point, edge);
    if (isIn && !isHollow(shape)) return "edge";
    if (distanceToLine(point, [...edge, edge[0]!]) <= reach) return "edge";
    return isIn ? "inside" : null;
}

/** A line's points on the page. */
export function lineOf(shape: Shape, find: FindShape): readonly Point[] {
    if (shape.type === "arrow") return arrowLine(shape, find);
    const points = get(shape, "points");
    return points === null ? [] : pointsOfLine(points).map((point) => toPageFrom(shape, point));
}

/** The topmost one under the pointer; where there is none, the smallest hollow one around it. */
export function shapeAt(order: readonly Shape[], point: Point, by: number, find: FindShape): Shape | null {
    let around: Shape | null = null;
    let least = Infinity;
    for (let i = order.length - 1; i >= 0; i -= 1) {
        const shape = order[i]!;
        const how = hit(shape, point, by, find);
        if (how === "edge") return shape;
        if (how !== "inside") continue;
        const { width, height } = boundsOf(shape, find)!;
        if (width * height < least) [around, least] = [shape, width * height];
    }
    return around;
}

/** Whether the straight way of an eraser or of a selecting line from `a` to `b` meets it. */
export function isCrossed(shape: Shape, a: Point, b: Point, by: number, find: FindShape): boolean {
    if (hit(shape, b, by, find) === "edge") return true;
    const bounds = boundsOf(shape, find);
    const way = boxAround([a, b])!;
    if (bounds === null || !overlap(bounds, way)) return false;
    const edge = edgeOf(shape);
    const line = edge === null ? lineOf(shape, find) : [...edge, edge[0]!];
    return line.some((point, i) => i > 0 && piecesMeet(a, b, line[i - 1]!, point));
}

/** Whether all of it lies in the box that is drawn to select. */
export function isEnclosed(shape: Shape, box: Box, find: FindShape): boolean {
    const bounds = boundsOf(shape, find);
    return (
        bounds !== null &&
        isInside(bounds, box) &&
        isInside({ x: bounds.x + bounds.width, y: bounds.y + bounds.height }, box)
    );
}
