// The points of a stroke: in memory, as bytes, and while they are on their way one by one.

import { ByteReader, ByteWriter, parts, rounded, UnreadableError } from "./bytes.ts";

/** Each 4th point carries its pressure; between them it is linear. */
export const pressureEvery = 4;
export const pointsMost = 4096;
/** Beyond this, in units, no point lies. */
export const pointMost = 100_000;

/** Immutable once it is part of a shape. */
export interface Points {
    /** x, y, x, y, ... in units, multiples of 1/16. */
    readonly xy: Float64Array;
    /** Of points 0, 4, 8, ...: 0 to 255; null: the pen does not know. */
    readonly pressure: Uint8Array | null;
}

export const pointCount = (points: Points): number => points.xy.length / 2;

export function pointsOf(
    all: readonly (readonly [x: number, y: number])[],
    pressure: Uint8Array | null = null,
): Points {
    const xy = new Float64Array(all.length * 2);
    all.forEach(([x, y], i) => {
        xy[2 * i] = rounded(x * parts) / parts;
        xy[2 * i + 1] = rounded(y * parts) / parts;
    });
    return { xy, pressure };
}

/** From 0 to 1, of each point. */
export function pressures(points: Points): Float64Array | null {
    const { pressure } = points;
    if (pressure === null) return null;
    const all = new Float64Array(pointCount(points));
    for (let n = 0; n < all.length; n += 1) {
        const m = n % pressureEvery;
        const a = pressure[(n - m) / pressureEvery] ?? 0;
        const b = pressure[(n - m) / pressureEvery + 1];
        all[n] = m === 0 || b === undefined ? a / 255 : (a * (4 - m) + b * m) / 4 / 255;
    }
    return all;
}

/** Where a run of points stands, so that the next message can go on. In sixteenths. */
class Track {
    #x1 = 0;
    #y1 = 0;
    #x2 = 0;
    #y2 = 0;
    count = 0;

    get x(): number {
        return 2 * this.#x1 - this.#x2;
    }

    get y(): number {
        return 2 * this.#y1 - this.#y2;
    }

    step(x: number, y: number): void {
        const isFirst = this.count === 0;
        this.#x2 = isFirst ? x : this.#x1;
        this.#y2 = isFirst ? y : this.#y1;
        this.#x1 = x;
        this.#y1 = y;
        this.count += 1;
    }
}

/** Writes points one after the other, over as many messages as it takes. */
export class PointWriter {
    readonly #track = new Track();

    get count(): number {
        return this.#track.count;
    }

    /** x and y in units; pressure 0 to 255, null without; it is written where its turn is. */
    write(to: ByteWriter, x: number, y: number, pressure: number | null): void {
        const track = this.#track;
        const [px, py] = [rounded(x * parts), rounded(y * parts)];
        to.signed(px - track.x).signed(py - track.y);
        if (pressure !== null && track.count % pressureEvery === 0) to.byte(pressure);
        track.step(px, py);
    }
}

/** Reads them; `add` gives what came, to be appended. */
export class PointReader {
    readonly #track = new Track();
    readonly #hasPressure: boolean;
    readonly xy: number[] = [];
    readonly pressure: number[] = [];

    constructor(hasPressure: boolean) {
        this.#hasPressure = hasPressure;
    }

    get hasPressure(): boolean {
        return this.#hasPressure;
    }

    one(from: ByteReader): void {
        const track = this.#track;
        const x = from.signed() + track.x;
        const y = from.signed() + track.y;
        if (Math.abs(x) > pointMost * parts || Math.abs(y) > pointMost * parts)
            throw new UnreadableError("a point far out");
        if (this.#hasPressure && track.count % pressureEvery === 0) this.pressure.push(from.byte());
        track.step(x, y);
        if (track.count > pointsMost) throw new UnreadableError("too many points");
        this.xy.push(x / parts, y / parts);
    }

    toEnd(from: ByteReader): void {
        while (from.left > 0) this.one(from);
    }

    points(): Points {
        return {
            xy: Float64Array.from(this.xy),
            pressure: this.#hasPressure ? Uint8Array.from(this.pressure) : null,
        };
    }
}

/** What the property `points` has on the wire. */
export function writePoints(points: Points): Uint8Array<ArrayBuffer> {
    const to = new ByteWriter();
    const count = pointCount(points);
    to.varint(count * 2 + (points.pressure === null ? 0 : 1));
    const writer = new PointWriter();
    for (let n = 0; n < count; n += 1) {
        const pressure =
            points.pressure === null ? null : (points.pressure[Math.floor(n / pressureEvery)] ?? 0);
        writer.write(to, points.xy[2 * n]!, points.xy[2 * n + 1]!, pressure);
    }
    return to.done();
}

export function readPoints(bytes: Uint8Array): Points {
    const { reader, from } = beginPoints(bytes);
    if (from.left > 0) throw new UnreadableError("more bytes than points");
    if (reader.xy.length === 0) throw new UnreadableError("no points");
    return reader.points();
}

/** The same of a stroke that goes on: the reader takes the points of later messages. */
export function readLivePoints(bytes: Uint8Array): PointReader {
    return beginPoints(bytes).reader;
}

function beginPoints(bytes: Uint8Array): { readonly reader: PointReader; readonly from: ByteReader } {
    const from = new ByteReader(bytes);
    const head = from.varint();
    const count = Math.floor(head / 2);
    if (count > pointsMost) throw new UnreadableError("too many points");
    const reader = new PointReader(head % 2 === 1);
    for (let n = 0; n < count; n += 1) reader.one(from);
    return { reader, from };
}
