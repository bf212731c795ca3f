// The table of properties: their number and kind on the wire, their default, and which shapes have them.

import { ByteReader, ByteWriter, parts, readText, rounded, UnreadableError } from "./bytes.ts";
import { readPoints, writePoints } from "./points.ts";
import {
    aligns,
    dashes,
    figures,
    fills,
    fonts,
    heads,
    shapeTypes,
    stamps,
    type Binding,
    type Given,
    type Patch,
    type Properties,
    type PropertyName,
    type Shape,
    type ShapeId,
    type ShapeType,
} from "./types.ts";

/** Radians travel in so many parts. */
const angleParts = 4096;

/** How a value of that property travels: as a number, or as bytes. */
type Wire =
    | { readonly is: "number"; write(value: never): number; read(number: number): unknown }
    | { readonly is: "signed"; write(value: never): number; read(number: number): unknown }
    | { readonly is: "bytes"; write(value: never): Uint8Array; read(bytes: Uint8Array): unknown };

const toUtf8 = new TextEncoder();

const length: Wire = {
    is: "number",
    write: (value: number) => rounded(value * parts),
    read: (number) => number / parts,
};
const signedLength: Wire = { ...length, is: "signed" };
const whole: Wire = { is: "number", write: (value: number) => value, read: (number) => number };
const flag: Wire = {
    is: "number",
    write: (value: boolean) => (value ? 1 : 0),
    read: (number) => number === 1,
};
const angle: Wire = {
    is: "signed",
    write: (value: number) => rounded(value * angleParts),
    read: (number) => number / angleParts,
};
const colour: Wire = {
    is: "number",
    write: (value: string) => parseInt(value.slice(1), 16),
    read: (number) => `#${number.toString(16).padStart(6, "0")}`,
};
const text: Wire = { is: "bytes", write: (value: string) => toUtf8.encode(value), read: readText };
const raw: Wire = { is: "bytes", write: (value: Uint8Array) => value, read: (bytes) => bytes.slice() };
const id: Wire = { is: "bytes", write: idBytes, read: readId };
const points: Wire = { is: "bytes", write: writePoints, read: readPoints };
const binding: Wire = {
    is: "bytes",
    write: ({ shape, x, y }: Binding) => new ByteWriter().put(idBytes(shape)).varint(x).varint(y).done(),
    read: (bytes) => {
        const from = new ByteReader(bytes);
        return { shape: readId(from.take(8)), x: from.varint(), y: from.varint() };
    },
};
function oneOf(all: readonly string[]): Wire {
    return {
        is: "number",
        write: (value: string) => all.indexOf(value),
        read: (number) => {
            const found = all[number];
            if (found === undefined) throw new UnreadableError("a word that is not known");
            return found;
        },
    };
}

const all = shapeTypes.join(" ");
const boxed = "rectangle ellipse polygon note stamp image frame";
const outlined = "pen highlighter rectangle ellipse polygon line arrow";

/** Number on the wire is the place in this list, from 1. */
const table: readonly (readonly [PropertyName, Wire, unknown, string])[] = [
    ["index", text, "", all],
    ["parent", id, null, all],
    ["locked", flag, false, all],
    ["x", signedLength, 0, all.replace("group ", "")],
    ["y", signedLength, 0, all.replace("group ", "")],
    ["rotation", angle, 0, all.replace("group frame", "")],
    ["width", length, 0, `${boxed} text`],
    ["height", length, 0, boxed],
    ["colour", colour, "#1d1d1f", all.replace("image group ", "")],
    ["stroke_width", length, 4, outlined],
    ["dash", oneOf(dashes), "solid", "rectangle ellipse polygon line arrow"],
    ["fill", oneOf(fills), "none", "rectangle ellipse polygon"],
    ["fill_colour", colour, "#ffe58a", "rectangle ellipse polygon note"],
    ["opacity", whole, 100, all.replace("group frame", "")],
    ["points", points, null, "pen highlighter line arrow"],
    ["text", text, "", "text note"],
    ["lines", text, null, "text note"],
    ["font", oneOf(fonts), "sans", "text note"],
    ["font_size", length, 32, "text note"],
    ["align", oneOf(aligns), "start", "text note"],
    ["figure", oneOf(figures), "diamond", "polygon"],
    ["start_head", oneOf(heads), "none", "arrow"],
    ["end_head", oneOf(heads), "arrow", "arrow"],
    ["start_binding", binding, null, "arrow"],
    ["end_binding", binding, null, "arrow"],
    ["asset", text, null, "image"],
    ["stamp", oneOf(stamps), "check", "stamp"],
    ["title", text, "", all],
    ["radius", length, 0, "rectangle"],
    ["meta", raw, null, all],
];
const numbers = new Map(table.map(([name], i) => [name, i + 1]));
const allowed = new Map(
    shapeTypes.map((type) => [
        type,
        new Set(table.filter(([, , , types]) => types.split(" ").includes(type)).map(([name]) => name)),
    ]),
);

export const defaults = Object.fromEntries(
    table.map(([name, , value]) => [name, value]),
) as unknown as Properties;

/** What a shape has, given or by default. */
export function get<N extends PropertyName>(shape: { readonly given: Given }, name: N): Properties[N] {
    const value = shape.given[name];
    return value === undefined ? defaults[name] : (value as Properties[N]);
}

export function has(type: ShapeType, name: PropertyName): boolean {
    return allowed.get(type)!.has(name);
}

/**
 * `given` with that patch: what is at its default is not kept. Wherever nothing changes it is the same
 * object.
 */
export function patched(given: Given, patch: Patch): Given {
    let made: { [name: string]: unknown } | null = null;
    for (const [name, value] of Object.entries(patch)) {
        if (value === undefined) continue;
        const isDefault = value === null || value === defaults[name as PropertyName];
        const before = given[name as PropertyName];
        if (isDefault ? before === undefined : before === value) continue;
        made ??= { ...given };
        if (isDefault) delete made[name];
        else made[name] = value;
    }
    return (made as Given | null) ?? given;
}

/** Only those properties that such a shape may have. */
export function fitting(type: ShapeType, patch: Patch): Patch {
    const may = allowed.get(type)!;
    return Object.fromEntries(Object.entries(patch).filter(([name]) => may.has(name as PropertyName)));
}

export function writeProperties(to: ByteWriter, patch: Patch): void {
    const entries = Object.entries(patch)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [numbers.get(name as PropertyName)!, value] as const)
        .sort(([a], [b]) => a - b);
    to.varint(entries.length);
    for (const [number, value] of entries) {
        const [, wire, otherwise] = table[number - 1]!;
        if (value === null || value === otherwise) {
            to.varint(number * 4 + 2);
            continue;
        }
        if (wire.is === "bytes") to.varint(number * 4 + 1).bytes(wire.write(value as never));
        else if (wire.is === "signed") to.varint(number * 4).signed(wire.write(value as never));
        else to.varint(number * 4).varint(wire.write(value as never));
    }
}

/** Unknown ones of a later version are left out. */
export function readProperties(from: ByteReader): Patch {
    const patch: { [name: string]: unknown } = {};
    const count = from.varint();
    for (let i = 0; i < count; i += 1) {
        const key = from.varint();
        const row = table[Math.floor(key / 4) - 1];
        const kind = key % 4;
        if (kind === 2) {
            if (row !== undefined) patch[row[0]] = null;
        } else if (kind === 1) {
            const bytes = from.bytes();
            if (row !== undefined && row[1].is === "bytes") patch[row[0]] = row[1].read(bytes);
        } else if (kind === 0) {
            const isSigned = row?.[1].is === "signed";
            const number = isSigned ? from.signed() : from.varint();
            if (row !== undefined && row[1].is !== "bytes") patch[row[0]] = row[1].read(number);
        } else {
            throw new UnreadableError("a kind of value that is not known");
        }
    }
    return patch as Patch;
}

export function typeNumber(type: ShapeType): number {
    return shapeTypes.indexOf(type) + 1;
}

export function readType(from: ByteReader): ShapeType {
    const type = shapeTypes[from.varint() - 1];
    if (type === undefined) throw new UnreadableError("a shape that is not known");
    return type;
}

export function idBytes(text: ShapeId): Uint8Array {
    const bytes = new Uint8Array(8);
    for (let i = 0; i < 8; i += 1) bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
    return bytes;
}

const hex = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));

export function readId(bytes: Uint8Array): ShapeId {
    if (bytes.length !== 8) throw new UnreadableError("an id has 8 bytes");
    let text = "";
    for (const byte of bytes) text += hex[byte];
    return text;
}

/** What is painted, in the order of painting: highlighters below all, then by index, then by id. */
export function paintOrder(a: Shape, b: Shape): number {
    const low = Number(b.type === "highlighter") - Number(a.type === "highlighter");
    if (low !== 0) return low;
    const [ai, bi] = [a.given.index ?? "", b.given.index ?? ""];
    if (ai !== bi) return ai < bi ? -1 : 1;
    return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
