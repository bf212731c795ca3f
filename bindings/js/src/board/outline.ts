// The outline of a pen stroke, as OUTLINE.md describes it step by step: the screen and the export draw the
// same shape. Only + - * / and square roots, in the order written there, so that C++ comes to the same bits.

import { pressures, type Points } from "./points.ts";

const turnCos = 0.9238795325112867;
const turnSin = 0.3826834323650898;

/** Whole hundredths: x, y, x, y, ... of a closed line. */
export type Outline = Int32Array;

/** `strokeWidth` in units. */
export function outlineOf(points: Points, strokeWidth: number): Outline {
    const kept = keptPoints(points, strokeWidth);
    const { x, y, r, count } = kept;
    const out: number[] = [];
    const add = (px: number, py: number): void => {
        out.push(Math.floor(100 * px + 0.5), Math.floor(100 * py + 0.5));
    };
    if (count === 1) {
        let [vx, vy] = [1, 0];
        for (let i = 0; i < 16; i += 1) {
            add(x[0]! + vx * r[0]!, y[0]! + vy * r[0]!);
            [vx, vy] = [vx * turnCos - vy * turnSin, vx * turnSin + vy * turnCos];
        }
        return Int32Array.from(out);
    }

    // Directions from each point to the next.
    const ex = new Float64Array(count - 1);
    const ey = new Float64Array(count - 1);
    for (let n = 0; n + 1 < count; n += 1) {
        const dx = x[n + 1]! - x[n]!;
        const dy = y[n + 1]! - y[n]!;
        const length = Math.sqrt(dx * dx + dy * dy);
        ex[n] = dx / length;
        ey[n] = dy / length;
    }

    const sideB: number[] = [];
    const addB = (px: number, py: number): void => {
        sideB.push(Math.floor(100 * px + 0.5), Math.floor(100 * py + 0.5));
    };
    const both = (n: number, nx: number, ny: number): void => {
        add(x[n]! + nx * r[n]!, y[n]! + ny * r[n]!);
        addB(x[n]! - nx * r[n]!, y[n]! - ny * r[n]!);
    };
    for (let n = 0; n < count; n += 1) {
        if (n === 0) {
            both(n, -ey[0]!, ex[0]!);
            continue;
        }
        if (n === count - 1) {
            both(n, -ey[count - 2]!, ex[count - 2]!);
            continue;
        }
        const [ax, ay, bx, by] = [ex[n - 1]!, ey[n - 1]!, ex[n]!, ey[n]!];
        if (ax * bx + ay * by >= 0) {
            const sx = ax + bx;
            const sy = ay + by;
            const length = Math.sqrt(sx * sx + sy * sy);
            both(n, -(sy / length), sx / length);
            continue;
        }
        // A sharp turn: an arc on the outer side.
        add(x[n]! + -ay * r[n]!, y[n]! + ax * r[n]!);
        addB(x[n]! - -ay * r[n]!, y[n]! - ax * r[n]!);
        const [wx, wy] = [-by, bx];
        const cross = ax * by - ay * bx;
        let [vx, vy] = [-ay, ax];
        for (let i = 0; i < 8; i += 1) {
            const isA = cross <= 0;
            const tx = isA ? vx * turnCos + vy * turnSin : vx * turnCos - vy * turnSin;
            const ty = isA ? vy * turnCos - vx * turnSin : vx * turnSin + vy * turnCos;
            if (tx * wx + ty * wy <= vx * wx + vy * wy) break;
            if (isA) add(x[n]! + tx * r[n]!, y[n]! + ty * r[n]!);
            else addB(x[n]! - tx * r[n]!, y[n]! - ty * r[n]!);
            [vx, vy] = [tx, ty];
        }
        add(x[n]! + wx * r[n]!, y[n]! + wy * r[n]!);
        addB(x[n]! - wx * r[n]!, y[n]! - wy * r[n]!);
    }

    const cap = (n: number, fromX: number, fromY: number): void => {
        let [vx, vy] = [fromX, fromY];
        for (let i = 0; i < 7; i += 1) {
            [vx, vy] = [vx * turnCos + vy * turnSin, vy * turnCos - vx * turnSin];
            add(x[n]! + vx * r[n]!, y[n]! + vy * r[n]!);
        }
    };
    cap(count - 1, -ey[count - 2]!, ex[count - 2]!);
    for (let i = sideB.length - 2; i >= 0; i -= 2) out.push(sideB[i]!, sideB[i + 1]!);
    cap(0, ey[0]!, -ex[0]!);
    return Int32Array.from(out);
}

interface Kept {
    readonly x: Float64Array;
    readonly y: Float64Array;
    /** The radius at each. */
    readonly r: Float64Array;
    readonly count: number;
}

/** Steps 1 to 6: smoothed and thinned, with their radius. */
function keptPoints(points: Points, strokeWidth: number): Kept {
    const force = pressures(points);
    const all = points.xy.length / 2;
    let x = new Float64Array(all);
    let y = new Float64Array(all);
    const u = new Float64Array(all);
    let count = 0;
    for (let n = 0; n < all; n += 1) {
        const px = points.xy[2 * n]!;
        const py = points.xy[2 * n + 1]!;
        if (n > 0 && px === points.xy[2 * n - 2] && py === points.xy[2 * n - 1]) continue;
        x[count] = px;
        y[count] = py;
        u[count] = force?.[n] ?? 0;
        count += 1;
    }
    for (let pass = 0; pass < 2; pass += 1) {
        x = smoothed(x, count);
        y = smoothed(y, count);
    }
    if (force === null) {
        u[0] = 0.5;
        for (let n = 1; n < count; n += 1) {
            const dx = x[n]! - x[n - 1]!;
            const dy = y[n]! - y[n - 1]!;
            const d = Math.sqrt(dx * dx + dy * dy);
            const t = 1 - Math.min(1, d / (4 * strokeWidth));
            u[n] = u[n - 1]! + clamp(t - u[n - 1]!, -0.08, 0.08);
        }
    }

    const least = strokeWidth * 0.25 * (strokeWidth * 0.25);
    let m = 0;
    for (let n = 0; n < count; n += 1) {
        if (n > 0) {
            const dx = x[n]! - x[m - 1]!;
            const dy = y[n]! - y[m - 1]!;
            if (dx * dx + dy * dy < least) {
                if (n < count - 1) continue;
                if (m > 1) m -= 1;
            }
        }
        x[m] = x[n]!;
        y[m] = y[n]!;
        u[m] = u[n]!;
        m += 1;
    }

    // Who comes back to where he began, without having gone anywhere, has made a dot.
    if (m === 2 && x[0] === x[1] && y[0] === y[1]) m = 1;

    const r = new Float64Array(m);
    for (let n = 0; n < m; n += 1) {
        r[n] = force === null ? strokeWidth * 0.5 * (0.75 + 0.5 * u[n]!) : strokeWidth * 0.5 * (0.5 + u[n]!);
    }
    if (force === null && m > 1) taper(x, y, r, strokeWidth);
    for (let n = 0; n < m; n += 1) r[n] = Math.max(0.125, r[n]!);
    return { x, y, r, count: m };
}

function smoothed(all: Float64Array, count: number): Float64Array<ArrayBuffer> {
    const out = new Float64Array(all);
    for (let n = 1; n + 1 < count; n += 1) {
        out[n] = (all[n - 1]! + (all[n]! + all[n]!) + all[n + 1]!) * 0.25;
    }
    return out;
}

/** The ends of a stroke without pressure are thinner. */
function taper(x: Float64Array, y: Float64Array, r: Float64Array, strokeWidth: number): void {
    const s = new Float64Array(r.length);
    for (let n = 1; n < r.length; n += 1) {
        const dx = x[n]! - x[n - 1]!;
        const dy = y[n]! - y[n - 1]!;
        s[n] = s[n - 1]! + Math.sqrt(dx * dx + dy * dy);
    }
    const length = s[r.length - 1]!;
    const reach = Math.min(length / 3, 3 * strokeWidth);
    for (let n = 0; n < r.length; n += 1) {
        const t = Math.min(s[n]!, length - s[n]!) / reach;
        if (t < 1) r[n] = r[n]! * (0.3 + 0.7 * (t * (2 - t)));
    }
}

function clamp(value: number, low: number, high: number): number {
    return Math.max(low, Math.min(high, value));
}

/** The path of an outline, moved by so many units: a curve through the middles of its pieces. */
export function outlinePath(outline: Outline, dx = 0, dy = 0): string {
    const [right, down] = [Math.round(100 * dx), Math.round(100 * dy)];
    const middle = (a: number, b: number): number => Math.floor((a + b + 1) / 2);
    const end = outline.length;
    const [firstX, firstY] = [outline[0]!, outline[1]!];
    const beginX = middle(outline[end - 2]!, firstX) + right;
    const beginY = middle(outline[end - 1]!, firstY) + down;
    let path = `M${beginX / 100} ${beginY / 100}`;
    let [x, y] = [firstX, firstY];
    for (let n = 2; n <= end; n += 2) {
        const nextX = n < end ? outline[n]! : firstX;
        const nextY = n < end ? outline[n + 1]! : firstY;
        const [toX, toY] = [middle(x, nextX) + right, middle(y, nextY) + down];
        path += `Q${(x + right) / 100} ${(y + down) / 100} ${toX / 100} ${toY / 100}`;
        [x, y] = [nextX, nextY];
    }
    return `${path}Z`;
}

/** The path of a pen stroke. */
export function strokePath(points: Points, strokeWidth: number): string {
    return outlinePath(outlineOf(points, strokeWidth));
}
