// The binary messages of section 4 of the protocol.

import { ByteReader, ByteWriter, UnreadableError } from "./bytes.ts";
import type { Box, Point } from "./geometry.ts";
import { readLivePoints, type PointReader } from "./points.ts";
import {
    idBytes,
    patched,
    readId,
    readProperties,
    readType,
    typeNumber,
    writeProperties,
} from "./properties.ts";
import type { Op, PageRef, Patch, Shape, ShapeId, ShapeType } from "./types.ts";

export const messageTypes = {
    change: 0x11,
    liveBegin: 0x12,
    livePoints: 0x13,
    liveEnd: 0x14,
    pointer: 0x15,
    view: 0x17,
    state: 0x18,
    verdict: 0x19,
    batch: 0x1f,
} as const;

const opKinds = ["put", "patch", "remove", "restore"] as const;

export const discardReasons = [
    "unreadable",
    "right",
    "locked",
    "limit",
    "rate",
    "unknown",
    "not_kept",
    "nothing",
] as const;
export type DiscardReason = (typeof discardReasons)[number];

export interface PointerOf extends Point {
    readonly author: number;
    readonly kind: "cursor" | "laser" | null;
}

export type ServerFrame =
    | ({
          readonly kind: "change";
          readonly sequence: number;
          readonly author: number;
          readonly time: number;
          readonly ops: readonly Op[];
      } & PageRef)
    | ({
          readonly kind: "live begin";
          readonly author: number;
          readonly slot: number;
          readonly id: ShapeId;
          readonly type: ShapeType;
          readonly given: Patch;
          readonly points: PointReader;
      } & PageRef)
    | {
          readonly kind: "live points";
          readonly author: number;
          readonly slot: number;
          readonly points: ByteReader;
      }
    | { readonly kind: "live end"; readonly author: number; readonly id: ShapeId }
    | ({ readonly kind: "pointers"; readonly pointers: readonly PointerOf[] } & PageRef)
    | ({ readonly kind: "view"; readonly view: Box } & PageRef)
    | ({
          readonly kind: "state";
          readonly sequence: number;
          /** What was there before is gone. */
          readonly isWhole: boolean;
          readonly isLast: boolean;
          readonly shapes: readonly Shape[];
          readonly removed: readonly ShapeId[];
      } & PageRef)
    | {
          readonly kind: "verdict";
          readonly number: number;
          readonly sequence: number;
          readonly outcome: "commit" | "discard" | "rebase";
          readonly reason?: DiscardReason;
          readonly ops?: readonly Op[];
      };

// What we say.

export function changeFrame(
    number: number,
    gesture: number,
    at: PageRef,
    ops: readonly Op[],
): Uint8Array<ArrayBuffer> {
    const to = begin(messageTypes.change).varint(number).varint(gesture);
    ref(to, at).varint(ops.length);
    for (const op of ops) {
        to.byte(opKinds.indexOf(op.kind) + 1).put(idBytes(op.id));
        if (op.kind === "put") {
            to.varint(typeNumber(op.type));
            writeProperties(to, op.given);
        }
        if (op.kind === "patch") writeProperties(to, op.patch);
    }
    return to.done();
}

/** `points`: the bytes of POINTS without their length, see `points.ts`. */
export function liveBeginFrame(
    slot: number,
    at: PageRef,
    id: ShapeId,
    type: ShapeType,
    given: Patch,
    points: Uint8Array,
): Uint8Array<ArrayBuffer> {
    const to = ref(begin(messageTypes.liveBegin).varint(slot), at).put(idBytes(id)).varint(typeNumber(type));
    writeProperties(to, given);
    return to.bytes(points).done();
}

export function livePointsFrame(slot: number, points: Uint8Array): Uint8Array<ArrayBuffer> {
    return begin(messageTypes.livePoints).varint(slot).put(points).done();
}

export function liveEndFrame(slot: number): Uint8Array<ArrayBuffer> {
    return begin(messageTypes.liveEnd).varint(slot).done();
}

/** Null: hidden. */
export function pointerFrame(
    pointer: (Point & { kind: "cursor" | "laser" }) | null,
): Uint8Array<ArrayBuffer> {
    const to = begin(messageTypes.pointer);
    if (pointer === null) return to.done();
    const { kind, x, y } = pointer;
    return to
        .varint(kind === "cursor" ? 1 : 2)
        .signed(Math.round(x))
        .signed(Math.round(y))
        .done();
}

export function viewFrame(view: Box): Uint8Array<ArrayBuffer> {
    return begin(messageTypes.view)
        .signedLength(view.x)
        .signedLength(view.y)
        .length(view.width)
        .length(view.height)
        .done();
}

function begin(type: number): ByteWriter {
    return new ByteWriter().byte(type);
}

function ref(to: ByteWriter, at: PageRef): ByteWriter {
    return to.varint(at.document).varint(at.page);
}

// What we hear.

/**
 * All messages of a frame, in order; those of types that are not known are left out. Throws
 * `UnreadableError`.
 */
export function readFrame(bytes: Uint8Array): readonly ServerFrame[] {
    const from = new ByteReader(bytes);
    const type = from.byte();
    if (type === messageTypes.batch) {
        const all: ServerFrame[] = [];
        while (from.left > 0) {
            const inner = from.bytes();
            if (inner[0] === messageTypes.batch) throw new UnreadableError("a batch in a batch");
            all.push(...readFrame(inner));
        }
        return all;
    }
    const one = readOne(type, from);
    return one === null ? [] : [one];
}

function readOne(type: number, from: ByteReader): ServerFrame | null {
    switch (type) {
        case messageTypes.change: {
            const [sequence, author, time] = [from.varint(), from.varint(), from.varint()];
            return { kind: "change", sequence, author, time, ...readRef(from), ops: readOps(from) };
        }
        case messageTypes.liveBegin: {
            const [author, slot] = [from.varint(), from.varint()];
            return {
                kind: "live begin",
                author,
                slot,
                ...readRef(from),
                id: readId(from.take(8)),
                type: readType(from),
                given: readProperties(from),
                points: readLivePoints(from.bytes()),
            };
        }
        case messageTypes.livePoints:
            return {
                kind: "live points",
                author: from.varint(),
                slot: from.varint(),
                points: new ByteReader(from.rest()),
            };
        case messageTypes.liveEnd:
            return { kind: "live end", author: from.varint(), id: readId(from.take(8)) };
        case messageTypes.pointer: {
            const at = readRef(from);
            const pointers: PointerOf[] = [];
            while (from.left > 0) {
                const [author, kind] = [from.varint(), from.varint()];
                if (kind === 0) pointers.push({ author, kind: null, x: 0, y: 0 });
                else {
                    const [x, y] = [from.signed(), from.signed()];
                    pointers.push({ author, kind: kind === 2 ? "laser" : "cursor", x, y });
                }
            }
            return { kind: "pointers", ...at, pointers };
        }
        case messageTypes.view: {
            const at = readRef(from);
            const [x, y] = [from.signedLength(), from.signedLength()];
            const [width, height] = [from.length(), from.length()];
            return { kind: "view", ...at, view: { x, y, width, height } };
        }
        case messageTypes.state:
            return readState(from);
        case messageTypes.verdict:
            return readVerdict(from);
        default:
            return null;
    }
}

function readRef(from: ByteReader): PageRef {
    return { document: from.varint(), page: from.varint() };
}

function readOps(from: ByteReader): readonly Op[] {
    const ops: Op[] = [];
    const count = from.varint();
    for (let i = 0; i < count; i += 1) {
        const kind = opKinds[from.varint() - 1];
        if (kind === "restore") {
            const shape = readShape(from);
            ops.push({ kind, id: shape.id, shape });
            continue;
        }
        const id = readId(from.take(8));
        if (kind === "put") ops.push({ kind, id, type: readType(from), given: readProperties(from) });
        else if (kind === "patch") ops.push({ kind, id, patch: readProperties(from) });
        else if (kind === "remove") ops.push({ kind, id });
        else throw new UnreadableError("an operation that is not known");
    }
    return ops;
}

function readShape(from: ByteReader): Shape {
    const id = readId(from.take(8));
    const type = readType(from);
    const [author, lastAuthor, created] = [from.varint(), from.varint(), from.varint()];
    const updated = created + from.varint();
    const version = from.varint();
    return {
        id,
        type,
        author,
        lastAuthor,
        created,
        updated,
        version,
        given: patched({}, readProperties(from)),
    };
}

function readState(from: ByteReader): ServerFrame {
    const at = readRef(from);
    const sequence = from.varint();
    const flags = from.varint();
    const shapes: Shape[] = [];
    for (let left = from.varint(); left > 0; left -= 1) shapes.push(readShape(from));
    const removed: ShapeId[] = [];
    for (let left = from.varint(); left > 0; left -= 1) removed.push(readId(from.take(8)));
    const isWhole = flags % 2 === 1;
    const isLast = Math.floor(flags / 2) % 2 === 1;
    return { kind: "state", ...at, sequence, isWhole, isLast, shapes, removed };
}

function readVerdict(from: ByteReader): ServerFrame {
    const number = from.varint();
    const outcome = from.varint();
    const sequence = from.varint();
    switch (outcome) {
        case 0:
            return { kind: "verdict", number, sequence, outcome: "commit" };
        case 1:
            return {
                kind: "verdict",
                number,
                sequence,
                outcome: "discard",
                reason: discardReasons[from.varint() - 1] ?? "unreadable",
            };
        case 2:
            return { kind: "verdict", number, sequence, outcome: "rebase", ops: readOps(from) };
        default:
            throw new UnreadableError("a verdict that is not known");
    }
}
