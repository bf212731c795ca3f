// What is done to chosen shapes, as operations: pure functions from shapes to what is to be sent.

import { quantised } from "./bytes.ts";
import { centerOf, turned, type Box, type Point } from "./geometry.ts";
import { ordersBetween } from "./order.ts";
import type { Points } from "./points.ts";
import { fitting, get, paintOrder } from "./properties.ts";
import { boundsOf, ownBox, toPageFrom, type FindShape } from "./shape_geometry.ts";
import type { Op, Patch, Shape, ShapeId } from "./types.ts";

const fullTurn = 2 * Math.PI;

/** Between -pi and pi. */
export function normalised(angle: number): number {
    const rest = angle % fullTurn;
    return rest > Math.PI ? rest - fullTurn : rest < -Math.PI ? rest + fullTurn : rest;
}

/** Only what may be changed. */
function free(shapes: readonly Shape[]): readonly Shape[] {
    return shapes.filter((one) => !get(one, "locked") && one.type !== "group");
}

const patch = (id: ShapeId, fields: Patch): Op => ({ kind: "patch", id, patch: fields });

export function movedBy(shapes: readonly Shape[], dx: number, dy: number): readonly Op[] {
    return free(shapes).map((one) =>
        patch(one.id, { x: quantised(get(one, "x") + dx), y: quantised(get(one, "y") + dy) }),
    );
}

export function turnedBy(shapes: readonly Shape[], center: Point, angle: number): readonly Op[] {
    return free(shapes).map((one) => {
        const at = turned({ x: get(one, "x"), y: get(one, "y") }, center, angle);
        return patch(
            one.id,
            fitting(one.type, {
                x: quantised(at.x),
                y: quantised(at.y),
                rotation: normalised(get(one, "rotation") + angle),
            }),
        );
    });
}

/** All of `from` becomes all of `to`; turned shapes keep their proportions. */
export function resized(shapes: readonly Shape[], from: Box, to: Box): readonly Op[] {
    const sx = from.width === 0 ? 1 : to.width / from.width;
    const sy = from.height === 0 ? 1 : to.height / from.height;
    const place = (point: Point): Point => ({
        x: to.x + (point.x - from.x) * sx,
        y: to.y + (point.y - from.y) * sy,
    });
    return free(shapes).map((one) => {
        const isTurned = Math.abs(Math.sin(2 * get(one, "rotation"))) > 1e-3;
        const isSideways = !isTurned && Math.abs(Math.sin(get(one, "rotation"))) > 0.5;
        const even = Math.min(sx, sy);
        const [ax, ay] = isTurned ? [even, even] : isSideways ? [sy, sx] : [sx, sy];
        const at = place({ x: get(one, "x"), y: get(one, "y") });
        return patch(one.id, { x: quantised(at.x), y: quantised(at.y), ...scaled(one, ax, ay) });
    });
}

/** One shape in its own, turned, coordinates: its box becomes `to`. */
export function resizedAlone(shape: Shape, to: Box): readonly Op[] {
    const from = ownBox(shape);
    if (from === null || get(shape, "locked")) return [];
    const sx = from.width === 0 ? 1 : to.width / from.width;
    const sy = from.height === 0 ? 1 : to.height / from.height;
    const corner = { x: to.x - from.x * sx, y: to.y - from.y * sy };
    const at = toPageFrom(shape, corner);
    return [patch(shape.id, { x: quantised(at.x), y: quantised(at.y), ...scaled(shape, sx, sy) })];
}

function scaled(shape: Shape, sx: number, sy: number): Patch {
    const points = get(shape, "points");
    if (points !== null) return { points: scaledPoints(points, sx, sy) };
    if (shape.type === "text") {
        const size = Math.max(4, Math.min(512, get(shape, "font_size") * sy));
        const width = get(shape, "width");
        // Lines that were broken for a width are broken as before: all grows alike.
        return { font_size: quantised(size), ...(width > 0 ? { width: quantised(width * sx) } : {}) };
    }
    return {
        width: quantised(Math.abs(get(shape, "width") * sx)),
        height: quantised(Math.abs(get(shape, "height") * sy)),
    };
}

function scaledPoints(points: Points, sx: number, sy: number): Points {
    const xy = points.xy.map((value, i) => quantised(value * (i % 2 === 0 ? sx : sy)));
    return { xy, pressure: points.pressure };
}

export type Alignment =
    | "left"
    | "center"
    | "right"
    | "top"
    | "middle"
    | "bottom"
    | "spread-across"
    | "spread-down";

/** Groups are moved as one: each of `units` stays as it is within. */
export function aligned(
    units: readonly (readonly Shape[])[],
    how: Alignment,
    find: FindShape,
): readonly Op[] {
    const boxes = units
        .map((shapes) => ({ shapes, box: boundsOfUnit(shapes, find) }))
        .filter((one): one is { shapes: readonly Shape[]; box: Box } => one.box !== null);
    if (boxes.length < 2) return [];
    if (how === "spread-across" || how === "spread-down") return spread(boxes, how === "spread-across");
    const left = Math.min(...boxes.map(({ box }) => box.x));
    const top = Math.min(...boxes.map(({ box }) => box.y));
    const right = Math.max(...boxes.map(({ box }) => box.x + box.width));
    const bottom = Math.max(...boxes.map(({ box }) => box.y + box.height));
    return boxes.flatMap(({ shapes, box }) => {
        const by: { readonly [how: string]: readonly [number, number] } = {
            left: [left - box.x, 0],
            center: [(left + right) / 2 - centerOf(box).x, 0],
            right: [right - box.x - box.width, 0],
            top: [0, top - box.y],
            middle: [0, (top + bottom) / 2 - centerOf(box).y],
            bottom: [0, bottom - box.y - box.height],
        };
        const [dx, dy] = by[how]!;
        return dx === 0 && dy === 0 ? [] : movedBy(shapes, dx, dy);
    });
}

/** The same space between them; the outer two stay. */
function spread(boxes: readonly { shapes: readonly Shape[]; box: Box }[], across: boolean): readonly Op[] {
    const from = (box: Box): number => (across ? box.x : box.y);
    const length = (box: Box): number => (across ? box.width : box.height);
    const sorted = [...boxes].sort((a, b) => from(a.box) - from(b.box));
    const last = sorted.at(-1)!.box;
    const whole = from(last) + length(last) - from(sorted[0]!.box);
    const space = (whole - sorted.reduce((sum, { box }) => sum + length(box), 0)) / (sorted.length - 1);
    let at = from(sorted[0]!.box);
    return sorted.flatMap(({ shapes, box }) => {
        const by = at - from(box);
        at += length(box) + space;
        return Math.abs(by) < 1 / 16 ? [] : movedBy(shapes, across ? by : 0, across ? 0 : by);
    });
}

function boundsOfUnit(shapes: readonly Shape[], find: FindShape): Box | null {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const shape of shapes) {
        const box = boundsOf(shape, find);
        if (box === null) continue;
        left = Math.min(left, box.x);
        top = Math.min(top, box.y);
        right = Math.max(right, box.x + box.width);
        bottom = Math.max(bottom, box.y + box.height);
    }
    return left > right ? null : { x: left, y: top, width: right - left, height: bottom - top };
}

export type Reorder = "front" | "forward" | "backward" | "back";

/** `order` is the whole page in the order of painting. */
export function reordered(
    order: readonly Shape[],
    chosen: ReadonlySet<ShapeId>,
    how: Reorder,
): readonly Op[] {
    // By index alone: highlighters lie below others whatever theirs is.
    const all = [...order].sort((a, b) => paintOrder({ ...a, type: "pen" }, { ...b, type: "pen" }));
    const moving = all.filter((one) => chosen.has(one.id) && !get(one, "locked"));
    if (moving.length === 0) return [];
    const others = all.filter((one) => !moving.includes(one));
    let at = 0;
    if (how === "front") at = others.length;
    if (how === "forward") {
        const top = all.indexOf(moving.at(-1)!);
        const next = all.slice(top + 1).find((one) => others.includes(one));
        at = next === undefined ? others.length : others.indexOf(next) + 1;
    }
    if (how === "backward") {
        const below = all
            .slice(0, all.indexOf(moving[0]!))
            .filter((one) => others.includes(one))
            .at(-1);
        at = below === undefined ? 0 : others.indexOf(below);
    }
    const index = (shape: Shape | undefined): string | null => shape?.given.index ?? null;
    const [low, high] = [index(others[at - 1]), index(others[at])];
    // Equal keys leave no room between them; the server gives the whole page new ones in time.
    if (low !== null && high !== null && low >= high) return [];
    const keys = ordersBetween(low, high, moving.length);
    return moving.map((one, i) => patch(one.id, { index: keys[i]! }));
}

/** The same again, beside; groups and bindings among them are kept. */
export function duplicated(
    shapes: readonly Shape[],
    newId: () => ShapeId,
    above: string | null,
    by: Point = { x: 24, y: 24 },
): readonly Op[] {
    const ids = new Map(shapes.map((one) => [one.id, newId()]));
    const keys = ordersBetween(above, null, shapes.length);
    return shapes.map((one, i): Op => {
        const given: { [name: string]: unknown } = { ...one.given, index: keys[i]! };
        delete given["locked"];
        if (one.type !== "group") {
            given["x"] = quantised(get(one, "x") + by.x);
            given["y"] = quantised(get(one, "y") + by.y);
        }
        const parent = ids.get(get(one, "parent") ?? "");
        if (parent === undefined) delete given["parent"];
        else given["parent"] = parent;
        for (const end of ["start_binding", "end_binding"] as const) {
            const binding = get(one, end);
            if (binding === null) continue;
            const shape = ids.get(binding.shape);
            if (shape === undefined) delete given[end];
            else given[end] = { ...binding, shape };
        }
        return { kind: "put", id: ids.get(one.id)!, type: one.type, given: given as Patch };
    });
}
