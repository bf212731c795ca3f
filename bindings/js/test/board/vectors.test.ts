// The vectors that the core and this program share: tests/vectors/board.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ByteReader, ByteWriter } from "../../src/board/bytes.ts";
import {
    changeFrame,
    liveBeginFrame,
    liveEndFrame,
    livePointsFrame,
    pointerFrame,
    readFrame,
    viewFrame,
    type ServerFrame,
} from "../../src/board/frames.ts";
import { orderBetween, ordersBetween } from "../../src/board/order.ts";
import { outlineOf, outlinePath } from "../../src/board/outline.ts";
import { PageStore } from "../../src/board/page_store.ts";
import { PointWriter, readPoints, writePoints, type Points } from "../../src/board/points.ts";
import { get, paintOrder } from "../../src/board/properties.ts";
import type { Op, Patch, Shape } from "../../src/board/types.ts";

type Any = any;
const folder = new URL("../../../../tests/vectors/board/", import.meta.url);
const vectors = (name: string): Any => JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));

const bytesOf = (hex: string): Uint8Array =>
    Uint8Array.from(hex.match(/../g) ?? [], (two) => parseInt(two, 16));
const hexOf = (bytes: Uint8Array): string =>
    [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");

/** In sixteenths, as the vectors have them. */
function pointsOf(all: number[][], pressures: number[] | null): Points {
    return {
        xy: Float64Array.from(all.flat(), (one) => one / 16),
        pressure: pressures === null ? null : Uint8Array.from(pressures.slice(0, Math.ceil(all.length / 4))),
    };
}

/** As section 12 of the protocol has it. */
function asJson(shape: Shape): object {
    const { id, type, author, lastAuthor, created, updated, version, given } = shape;
    const properties = Object.fromEntries(
        Object.entries(given).map(([name, value]) => [name, propertyAsJson(name, value, shape)]),
    );
    return { id, type, author, last_author: lastAuthor, created, updated, version, ...properties };
}

function propertyAsJson(name: string, value: Any, shape: Shape): unknown {
    if (name === "meta") return Buffer.from(value as Uint8Array).toString("base64");
    if (name !== "points") return value;
    const { xy, pressure } = get(shape, "points")!;
    return Array.from({ length: xy.length / 2 }, (_, n) => {
        const at = [xy[2 * n], xy[2 * n + 1]];
        return pressure !== null && n % 4 === 0 ? [...at, pressure[n / 4]] : at;
    });
}

function opAsJson(op: Op): object {
    if (op.kind === "put") return { op: "put", id: op.id, type: op.type, properties: op.given };
    if (op.kind === "patch") return { op: "patch", id: op.id, properties: op.patch };
    return { op: op.kind, id: op.id };
}

const opOf = (one: Any): Op =>
    one.op === "put"
        ? { kind: "put", id: one.id, type: one.type, given: one.properties as Patch }
        : one.op === "patch"
          ? { kind: "patch", id: one.id, patch: one.properties as Patch }
          : { kind: "remove", id: one.id };

describe("keys of the order", () => {
    const { between, many } = vectors("fractional_index");
    it.each(between as Any[])("$a and $b: $key", ({ a, b, key }) => expect(orderBetween(a, b)).toBe(key));
    it.each((many ?? []) as Any[])("$count between $a and $b", ({ a, b, count, keys }) =>
        expect(ordersBetween(a, b, count ?? keys.length)).toEqual(keys),
    );
});

describe("points", () => {
    it.each(vectors("points") as Any[])("$why", ({ points, pressures, hex }) => {
        const given = pointsOf(points, pressures);
        expect(hexOf(writePoints(given))).toBe(hex);
        expect(readPoints(bytesOf(hex))).toEqual(given);
    });
});

describe("outlines", () => {
    it.each(vectors("outline") as Any[])("$why", ({ points, pressures, stroke_width, outline, path }) => {
        const made = outlineOf(pointsOf(points, pressures), stroke_width);
        expect([...made]).toEqual(outline.flat());
        expect(outlinePath(made)).toBe(path);
        const elsewhere = made.map((value, i) => value + (i % 2 === 0 ? 625 : -12_506));
        expect(outlinePath(made, 6.25, -125.0625)).toBe(outlinePath(elsewhere));
    });
});

describe("what a client says", () => {
    it.each(vectors("frames").client as Any[])("$name $hex", ({ name, message, hex }) => {
        expect(hexOf(said(name, message))).toBe(hex);
    });

    function said(name: string, message: Any): Uint8Array {
        const at = { document: message.document, page: message.page };
        switch (name) {
            case "change":
                return changeFrame(message.number, message.gesture, at, message.ops.map(opOf));
            case "live_begin": {
                const points = writePoints(pointsOf(message.points, message.pressures));
                return liveBeginFrame(message.slot, at, message.id, message.type, message.properties, points);
            }
            case "live_points": {
                // It goes on where the begin before it ended.
                const { message: begin } = (vectors("frames").client as Any[]).find(
                    (one) => one.name === "live_begin",
                );
                const writer = new PointWriter();
                for (const [x, y] of begin.points) writer.write(new ByteWriter(), x / 16, y / 16, 0);
                const to = new ByteWriter();
                const pressures = [...message.pressures];
                for (const [x, y] of message.points)
                    writer.write(to, x / 16, y / 16, writer.count % 4 === 0 ? pressures.shift() : 0);
                return livePointsFrame(message.slot, to.done());
            }
            case "live_end":
                return liveEndFrame(message.slot);
            case "pointer":
                return pointerFrame(message.kind === "gone" ? null : message);
            case "view":
                return viewFrame(message);
            default:
                throw new Error(`a message that is not known: ${name}`);
        }
    }
});

describe("what the server says", () => {
    it.each(vectors("frames").server as Any[])("$name $hex", ({ name, message, hex }) => {
        const [frame] = readFrame(bytesOf(hex));
        expect(heard(frame!)).toEqual({ name, ...expected(name, message) });
    });

    /** In the words of the vectors. */
    function heard(frame: ServerFrame): object {
        const name = frame.kind.replace(" ", "_");
        const at = "page" in frame ? { document: frame.document, page: frame.page } : {};
        switch (frame.kind) {
            case "change":
                return {
                    name,
                    ...at,
                    sequence: frame.sequence,
                    author: frame.author,
                    time: frame.time,
                    ops: frame.ops.map(opAsJson),
                };
            case "live begin":
                return {
                    name,
                    ...at,
                    author: frame.author,
                    slot: frame.slot,
                    id: frame.id,
                    type: frame.type,
                    properties: frame.given,
                    points: frame.points.points(),
                };
            case "live points":
                return { name, author: frame.author, slot: frame.slot, rest: hexOf(frame.points.rest()) };
            case "live end":
                return { name, author: frame.author, id: frame.id };
            case "pointers":
                return { name, ...at, all: frame.pointers };
            case "view":
                return { name, ...at, ...frame.view };
            case "state":
                return {
                    name,
                    ...at,
                    sequence: frame.sequence,
                    whole: frame.isWhole,
                    last: frame.isLast,
                    shapes: frame.shapes.map(asJson),
                    removed: frame.removed,
                };
            case "verdict": {
                const { number, outcome, sequence, reason, ops } = frame;
                return { name, number, outcome, sequence, reason, ops: ops?.map(opAsJson) };
            }
        }
    }

    function expected(name: string, message: Any): object {
        if (name === "live_begin")
            return { ...message, points: pointsOf(message.points, message.pressures), pressures: undefined };
        if (name === "live_points")
            return { author: message.author, slot: message.slot, rest: "0a37040f0e0f5a151c0a0c0123" };
        if (name === "pointers")
            return {
                ...message,
                all: message.all.map((one: Any) =>
                    one.kind === "gone" ? { author: one.author, kind: null, x: 0, y: 0 } : one,
                ),
            };
        if (name === "verdict" && message.reason !== undefined)
            return { ...message, reason: { 2: "right" }[message.reason as 2] };
        return message;
    }
});

describe("a log of changes", () => {
    it.each(vectors("log") as Any[])("$why: the page is what the core makes of it", ({ changes, page }) => {
        const store = new PageStore();
        for (const hex of changes as string[]) {
            for (const frame of readFrame(bytesOf(hex)))
                if (frame.kind === "change") store.change(frame.ops, frame);
        }
        const byIndex = [...store.shapes.values()].sort((a, b) =>
            paintOrder({ ...a, type: "pen" }, { ...b, type: "pen" }),
        );
        expect(byIndex.map(asJson)).toEqual(page.shapes);
        expect(store.sequence).toBe(page.sequence);
        // What a late joiner gets is the same page.
        const late = new PageStore();
        late.state(byIndex, [], page.sequence, true);
        expect(late.order.map((one) => one.id)).toEqual(store.order.map((one) => one.id));
    });
});

it("varints end at 2^53", () => {
    expect(new ByteReader(new ByteWriter().varint(Number.MAX_SAFE_INTEGER).done()).varint()).toBe(
        Number.MAX_SAFE_INTEGER,
    );
    expect(() => new ByteReader(Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127)).varint()).toThrow();
    expect(() => new ByteReader(Uint8Array.of(0x80)).varint()).toThrow();
});
