// Points, boxes and turns in page units: x to the right, y down, angles in radians, clockwise as seen.

export interface Point {
    readonly x: number;
    readonly y: number;
}

export interface Size {
    readonly width: number;
    readonly height: number;
}

export interface Box extends Point, Size {}

export const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

export const middleOf = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

export const centerOf = (box: Box): Point => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

/** `point` turned by `angle` about `center`. */
export function turned(point: Point, center: Point, angle: number): Point {
    if (angle === 0) return point;
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    const x = point.x - center.x;
    const y = point.y - center.y;
    return { x: center.x + x * cos - y * sin, y: center.y + x * sin + y * cos };
}

/** The box between two corners, in whichever order. */
export function boxBetween(a: Point, b: Point): Box {
    return {
        x: Math.min(a.x, b.x),
        y: Math.min(a.y, b.y),
        width: Math.abs(a.x - b.x),
        height: Math.abs(a.y - b.y),
    };
}

/** The smallest box around all of them; null where there are none. */
export function boxAround(points: Iterable<Point>): Box | null {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const { x, y } of points) {
        left = Math.min(left, x);
        top = Math.min(top, y);
        right = Math.max(right, x);
        bottom = Math.max(bottom, y);
    }
    return left > right ? null : { x: left, y: top, width: right - left, height: bottom - top };
}

export function joined(boxes: readonly Box[]): Box | null {
    return boxAround(boxes.flatMap((box) => [box, { x: box.x + box.width, y: box.y + box.height }]));
}

/** Clockwise from the upper left one. */
export function cornersOf(box: Box): readonly [Point, Point, Point, Point] {
    const right = box.x + box.width;
    const bottom = box.y + box.height;
    return [
        { x: box.x, y: box.y },
        { x: right, y: box.y },
        { x: right, y: bottom },
        { x: box.x, y: bottom },
    ];
}

export function grown(box: Box, by: number): Box {
    return { x: box.x - by, y: box.y - by, width: box.width + 2 * by, height: box.height + 2 * by };
}

export function isInside(point: Point, box: Box): boolean {
    return (
        point.x >= box.x && point.x <= box.x + box.width && point.y >= box.y && point.y <= box.y + box.height
    );
}

export function overlap(a: Box, b: Box): boolean {
    return a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height;
}

/** How far `point` is from the piece of line between `a` and `b`. */
export function distanceToPiece(point: Point, a: Point, b: Point): number {
    const dx = b.x - a.x;
    const dy = b.y - a.y;
    const length = dx * dx + dy * dy;
    const along = length === 0 ? 0 : ((point.x - a.x) * dx + (point.y - a.y) * dy) / length;
    const t = Math.max(0, Math.min(1, along));
    return Math.hypot(point.x - a.x - t * dx, point.y - a.y - t * dy);
}

/** How far `point` is from the line through all of them in turn. */
export function distanceToLine(point: Point, line: readonly Point[]): number {
    if (line.length === 1) return distance(point, line[0]!);
    let least = Infinity;
    for (let i = 1; i < line.length; i += 1)
        least = Math.min(least, distanceToPiece(point, line[i - 1]!, line[i]!));
    return least;
}

/** Whether `point` is within the closed line (even-odd rule). */
export function isWithin(point: Point, polygon: readonly Point[]): boolean {
    let inside = false;
    for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i, i += 1) {
        const a = polygon[i]!;
        const b = polygon[j]!;
        if (a.y > point.y === b.y > point.y) continue;
        if (point.x < ((b.x - a.x) * (point.y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
    }
    return inside;
}

/** Whether the pieces of line a-b and c-d meet. */
export function piecesMeet(a: Point, b: Point, c: Point, d: Point): boolean {
    const side = (p: Point, q: Point, r: Point): number =>
        Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
    const [abc, abd, cda, cdb] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)];
    if (abc !== abd && cda !== cdb) return true;
    const touches = (on: number, p: Point, q: Point, r: Point): boolean =>
        on === 0 && isInside(r, boxBetween(p, q));
    return touches(abc, a, b, c) || touches(abd, a, b, d) || touches(cda, c, d, a) || touches(cdb, c, d, b);
}

/** The end of a line from `from`, at the nearest multiple of 15 degrees. */
export function snappedAngle(from: Point, to: Point): Point {
    const step = Math.PI / 12;
    const angle = Math.round(Math.atan2(to.y - from.y, to.x - from.x) / step) * step;
    const length = distance(from, to);
    return { x: from.x + Math.cos(angle) * length, y: from.y + Math.sin(angle) * length };
}

/** The other corner of a square from `from`, on the side of `to`. */
export function snappedSquare(from: Point, to: Point): Point {
    const size = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
    return { x: from.x + Math.sign(to.x - from.x) * size, y: from.y + Math.sign(to.y - from.y) * size };
}
