// Strokes while they are drawn: others' as they come in, and our own as they go out, thirty messages a
// second.

import type { Clock } from "../session/types.ts";
import { Alarm } from "../session/clock.ts";
import { ByteWriter } from "./bytes.ts";
import { liveBeginFrame, liveEndFrame, livePointsFrame, type ServerFrame } from "./frames.ts";
import {
    PointWriter,
    pointsMost,
    pressureEvery,
    writePoints,
    type PointReader,
    type Points,
} from "./points.ts";
import type { Patch, PageRef, ShapeId, ShapeType } from "./types.ts";

/** Somebody's stroke that is not done yet. */
export interface LiveStroke {
    readonly author: number;
    readonly id: ShapeId;
    readonly type: ShapeType;
    readonly given: Patch;
    /** Grows. */
    readonly points: PointReader;
}

export type LiveListener = (stroke: LiveStroke, what: "begun" | "grown" | "gone") => void;

/** Of the page that is looked at. */
export class LiveStrokes {
    readonly #all = new Map<ShapeId, LiveStroke>();
    /** Which stroke grows, by author and slot. */
    readonly #growing = new Map<string, ShapeId>();
    readonly #listeners = new Set<LiveListener>();

    on(listener: LiveListener): () => void {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
    }

    get all(): Iterable<LiveStroke> {
        return this.#all.values();
    }

    /** The one before in that slot stays until its shape comes, or its end. */
    begin(frame: ServerFrame & { readonly kind: "live begin" }): void {
        const { author, slot, id, type, given, points } = frame;
        this.end(id);
        const stroke = { author, id, type, given, points };
        this.#all.set(id, stroke);
        this.#growing.set(`${author}/${slot}`, id);
        this.#tell(stroke, "begun");
    }

    points(frame: ServerFrame & { readonly kind: "live points" }): void {
        const stroke = this.#all.get(this.#growing.get(`${frame.author}/${frame.slot}`) ?? "");
        if (stroke === undefined) return;
        stroke.points.toEnd(frame.points);
        this.#tell(stroke, "grown");
    }

    /** The shape is there, or will never be. */
    end(id: ShapeId): void {
        const stroke = this.#all.get(id);
        if (stroke === undefined) return;
        this.#all.delete(id);
        this.#tell(stroke, "gone");
    }

    clear(): void {
        for (const id of [...this.#all.keys()]) this.end(id);
        this.#growing.clear();
    }

    #tell(stroke: LiveStroke, what: "begun" | "grown" | "gone"): void {
        for (const listener of this.#listeners) listener(stroke, what);
    }
}

/** Thirty messages a second. */
export const liveEveryMs = 33;

export interface OwnStrokeSetup {
    readonly clock: Clock;
    readonly slot: number;
    readonly at: PageRef;
    readonly id: ShapeId;
    readonly type: "pen" | "highlighter";
    readonly given: Patch;
    readonly hasPressure: boolean;
    send(frame: Uint8Array<ArrayBuffer>): boolean;
    /** It is over: the whole of it. */
    done(points: Points): void;
    over(): void;
}

/** A stroke of ours: others see it grow. */
export class OwnStroke {
    readonly id: ShapeId;
    readonly type: "pen" | "highlighter";
    readonly given: Patch;
    readonly at: PageRef;
    readonly slot: number;
    readonly #setup: OwnStrokeSetup;
    readonly #alarm: Alarm;
    readonly #xy: number[] = [];
    readonly #pressure: number[] = [];
    #writer = new PointWriter();
    #begun = false;
    #sent = 0;
    #isOver = false;

    constructor(setup: OwnStrokeSetup) {
        this.#setup = setup;
        this.#alarm = new Alarm(setup.clock);
        this.id = setup.id;
        this.type = setup.type;
        this.given = setup.given;
        this.at = setup.at;
        this.slot = setup.slot;
    }

    get count(): number {
        return this.#xy.length / 2;
    }

    /** No more points fit: end it, and begin another one. */
    get isFull(): boolean {
        return this.count >= pointsMost;
    }

    get points(): Points {
        return {
            xy: Float64Array.from(this.#xy),
            pressure: this.#setup.hasPressure ? Uint8Array.from(this.#pressure) : null,
        };
    }

    /** `x`, `y` in units from the shape's origin, `pressure` 0 to 1. What has not moved is left out. */
    add(x: number, y: number, pressure: number): void {
        if (this.#isOver || this.isFull) return;
        const [px, py] = [Math.round(x * 16) / 16, Math.round(y * 16) / 16];
        if (px === this.#xy.at(-2) && py === this.#xy.at(-1)) return;
        if (this.#setup.hasPressure && this.count % pressureEvery === 0) {
            this.#pressure.push(Math.round(Math.max(0, Math.min(1, pressure)) * 255));
        }
        this.#xy.push(px, py);
        if (!this.#alarm.armed) this.#alarm.set(this.#begun ? liveEveryMs : 0, () => this.#flush());
    }

    /** The connection is another one: those there know nothing of it. */
    again(): void {
        if (this.#isOver) return;
        this.#begun = false;
        if (this.count > 0) this.#flush();
    }

    end(): void {
        if (this.#isOver) return;
        this.#finish();
        if (this.count > 0) this.#setup.done(this.points);
    }

    cancel(): void {
        if (this.#isOver) return;
        this.#finish();
        if (this.#begun) this.#setup.send(liveEndFrame(this.slot));
    }

    #finish(): void {
        this.#isOver = true;
        this.#alarm.clear();
        this.#setup.over();
    }

    #flush(): void {
        if (!this.#begun) {
            // All of it at once; later ones go on where this one ends.
            this.#writer = new PointWriter();
            this.#write(new ByteWriter(), 0);
            const bytes = writePoints(this.points);
            const { at, id, type, given, slot } = this;
            this.#begun = this.#setup.send(liveBeginFrame(slot, at, id, type, given, bytes));
        } else if (this.count > this.#sent) {
            const to = this.#write(new ByteWriter(), this.#sent);
            this.#setup.send(livePointsFrame(this.slot, to.done()));
        } else {
            return;
        }
        this.#sent = this.count;
        this.#alarm.set(liveEveryMs, () => this.#flush());
    }

    #write(to: ByteWriter, from: number): ByteWriter {
        for (let n = from; n < this.count; n += 1) {
            const pressure = this.#setup.hasPressure ? this.#pressure[Math.floor(n / pressureEvery)]! : null;
            this.#writer.write(to, this.#xy[2 * n]!, this.#xy[2 * n + 1]!, pressure);
        }
        return to;
    }
}
