// The eraser that takes only what it touches: a stroke becomes the pieces that are left of it.

import { quantised } from "./bytes.ts";
import { distanceToPiece, type Point } from "./geometry.ts";
import { pressureEvery, pressures, type Points } from "./points.ts";
import { get } from "./properties.ts";
import { fromPageTo } from "./shape_geometry.ts";
import type { Op, Shape, ShapeId } from "./types.ts";

/** The way of the eraser from `a` to `b`, with a radius, on the page. */
export interface Wipe {
    readonly a: Point;
    readonly b: Point;
    readonly radius: number;
}

interface Sample {
    readonly x: number;
    readonly y: number;
    readonly pressure: number;
}

/**
 * What is left of the points after that wipe; null: it touched nothing. Long straight pieces are cut where
 * the eraser passed, not at their ends.
 */
export function wiped(points: Points, wipe: Wipe, strokeWidth: number): readonly Points[] | null {
    const reach = wipe.radius + strokeWidth / 2;
    const isGone = ({ x, y }: Point): boolean => distanceToPiece({ x, y }, wipe.a, wipe.b) <= reach;
    const force = pressures(points);
    const step = Math.max(1, reach / 2);
    const runs: Sample[][] = [[]];
    let touched = false;
    const put = (sample: Sample, isOwn: boolean): void => {
        if (isGone(sample)) {
            touched = true;
            if (runs.at(-1)!.length > 0) runs.push([]);
        } else if (isOwn) {
            runs.at(-1)!.push(sample);
        }
    };
    const count = points.xy.length / 2;
    let before: Sample | null = null;
    for (let n = 0; n < count; n += 1) {
        const here: Sample = { x: points.xy[2 * n]!, y: points.xy[2 * n + 1]!, pressure: force?.[n] ?? 0 };
        if (before !== null)
            for (const sample of cuts(before, here, step, isGone)) put(sample, sample.isEdge);
        put(here, true);
        before = here;
    }
    if (!touched) return null;
    return runs.filter((run) => run.length > 0).map((run) => packed(run, force !== null));
}

/** Between two points: places close enough that no eraser passes unseen; those beside a gap are new ends. */
function cuts(
    a: Sample,
    b: Sample,
    step: number,
    isGone: (point: Point) => boolean,
): readonly (Sample & { readonly isEdge: boolean })[] {
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    const parts = Math.ceil(length / step);
    const at = (i: number): Sample => ({
        x: a.x + ((b.x - a.x) * i) / parts,
        y: a.y + ((b.y - a.y) * i) / parts,
        pressure: a.pressure + ((b.pressure - a.pressure) * i) / parts,
    });
    const out: (Sample & { isEdge: boolean })[] = [];
    for (let i = 1; i < parts; i += 1) {
        const gone = [at(i - 1), at(i), at(i + 1)].map(isGone);
        out.push({ ...at(i), isEdge: gone[0]! || gone[2]! });
    }
    return out;
}

function packed(run: readonly Sample[], hasPressure: boolean): Points {
    const xy = new Float64Array(run.length * 2);
    run.forEach(({ x, y }, n) => {
        xy[2 * n] = quantised(x);
        xy[2 * n + 1] = quantised(y);
    });
    const kept = run.filter((_, n) => n % pressureEvery === 0);
    return {
        xy,
        pressure: hasPressure ? Uint8Array.from(kept, (one) => Math.round(one.pressure * 255)) : null,
    };
}

/**
 * The same as operations on a shape: its first piece stays the shape it was, others are new ones. Where we
 * may remove it but not change it, all pieces are new, and ours.
 */
export function wipeOps(
    shape: Shape,
    wipe: Wipe,
    newId: () => ShapeId,
    mayPatch: boolean,
): readonly Op[] | null {
    const points = get(shape, "points");
    if (points === null || get(shape, "locked")) return null;
    const own = { a: fromPageTo(shape, wipe.a), b: fromPageTo(shape, wipe.b), radius: wipe.radius };
    const left = wiped(points, own, get(shape, "stroke_width"));
    if (left === null) return null;
    const piece = (points: Points): Op => ({
        kind: "put",
        id: newId(),
        type: shape.type,
        given: { ...shape.given, points },
    });
    const [first, ...others] = left;
    if (first === undefined) return [{ kind: "remove", id: shape.id }];
    if (!mayPatch) return [{ kind: "remove", id: shape.id }, ...left.map(piece)];
    return [{ kind: "patch", id: shape.id, patch: { points: first } }, ...others.map(piece)];
}
