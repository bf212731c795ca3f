// One page as it is shown: what the server has decided, and above it what we have done and it has not decided
// yet. On each word of the server our changes are taken back, its change is done, and ours are done again;
// since a change sets properties of single shapes, this is done for those shapes alone.

import { paintOrder } from "./properties.ts";
import { reduceShape, type Stamped } from "./reduce.ts";
import type { Op, PageRef, Shape, ShapeId } from "./types.ts";

/** One gesture of ours, or a part of one. */
export interface Undecided {
    readonly number: number;
    readonly gesture: number;
    readonly at: PageRef;
    readonly ops: readonly Op[];
}

/** The listener hears which shapes are other than before; null: any may be. */
export type PageListener = (ids: readonly ShapeId[] | null) => void;

/** A put of what is there already will be a patch: the server has put our stroke as far as it came. */
function asDecided(shape: Shape | undefined, op: Op): Op {
    return op.kind === "put" && shape !== undefined ? { kind: "patch", id: op.id, patch: op.given } : op;
}

export class PageStore {
    readonly #decided = new Map<ShapeId, Shape>();
    readonly #shown = new Map<ShapeId, Shape>();
    #undecided: Undecided[] = [];
    #order: Shape[] = [];
    #sequence = 0;
    #author = 0;
    #listeners = new Set<PageListener>();

    /** What is to be seen. */
    get shapes(): ReadonlyMap<ShapeId, Shape> {
        return this.#shown;
    }

    /** In the order of painting. */
    get order(): readonly Shape[] {
        return this.#order;
    }

    /** Up to which change of the room this page is known. */
    get sequence(): number {
        return this.#sequence;
    }

    get undecided(): number {
        return this.#undecided.length;
    }

    on(listener: PageListener): () => void {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
    }

    /**
     * Another page, or the same one anew: nothing is known. `mine`: our author number and our changes to it.
     */
    reset(author: number, mine: readonly Undecided[]): void {
        this.#author = author;
        this.#decided.clear();
        this.#undecided = [...mine];
        this.#sequence = 0;
        this.#rebuild();
    }

    /** We are back: what of ours has been decided meanwhile is in the state that follows. */
    resume(author: number, mine: readonly Undecided[]): void {
        this.#author = author;
        this.#undecided = [...mine];
        this.#rebuild();
    }

    setAuthor(author: number): void {
        this.#author = author;
        this.#refresh(this.#undecided.flatMap((change) => change.ops.map((op) => op.id)));
    }

    /** A piece of the page's state. */
    state(shapes: readonly Shape[], removed: readonly ShapeId[], sequence: number, isWhole: boolean): void {
        this.#sequence = sequence;
        if (isWhole) this.#decided.clear();
        for (const id of removed) this.#decided.delete(id);
        for (const shape of shapes) this.#decided.set(shape.id, shape);
        if (isWhole || shapes.length > 100) this.#rebuild();
        else this.#refresh([...removed, ...shapes.map((one) => one.id)]);
    }

    /** Somebody else's. */
    change(ops: readonly Op[], by: Stamped): void {
        this.#decide(ops, by);
        this.#refresh(ops.map((op) => op.id));
    }

    /** Ours: shown at once. */
    add(change: Undecided): void {
        this.#undecided.push(change);
        this.#refresh(change.ops.map((op) => op.id));
    }

    /** The server has decided on ours: `ops` is what happened, null: nothing. */
    verdict(number: number, ops: readonly Op[] | "as sent" | null, by: Stamped): void {
        const at = this.#undecided.findIndex((one) => one.number === number);
        if (at < 0) return;
        const [change] = this.#undecided.splice(at, 1);
        const done = ops === "as sent" ? change!.ops : (ops ?? []);
        this.#decide(done, by);
        this.#refresh([...change!.ops, ...done].map((op) => op.id));
    }

    /** The highest index there is; null: the page is empty. */
    topIndex(): string | null {
        let top: string | null = null;
        for (const { given } of this.#order) {
            if (given.index !== undefined && (top === null || given.index > top)) top = given.index;
        }
        return top;
    }

    /** What is painted right after it; null: it is the last. */
    after(id: ShapeId): Shape | null {
        const shape = this.#shown.get(id);
        return shape === undefined ? null : (this.#order[this.#place(shape) + 1] ?? null);
    }

    #decide(ops: readonly Op[], by: Stamped): void {
        if (by.sequence > this.#sequence) this.#sequence = by.sequence;
        for (const op of ops) {
            const made = reduceShape(this.#decided.get(op.id), op, by);
            if (made === undefined) this.#decided.delete(op.id);
            else this.#decided.set(op.id, made);
        }
    }

    /** As it is with what of ours is undecided. */
    #asShown(id: ShapeId): Shape | undefined {
        let shape = this.#decided.get(id);
        const by = { author: this.#author, time: shape?.updated ?? 0, sequence: shape?.version ?? 0 };
        for (const change of this.#undecided) {
            for (const op of change.ops)
                if (op.id === id) shape = reduceShape(shape, asDecided(shape, op), by);
        }
        return shape;
    }

    #refresh(ids: readonly ShapeId[]): void {
        const changed: ShapeId[] = [];
        for (const id of new Set(ids)) {
            const before = this.#shown.get(id);
            const now = this.#asShown(id);
            if (before === now) continue;
            if (before !== undefined) this.#order.splice(this.#place(before), 1);
            if (now === undefined) this.#shown.delete(id);
            else {
                this.#shown.set(id, now);
                this.#order.splice(this.#place(now), 0, now);
            }
            changed.push(id);
        }
        if (changed.length > 0) for (const listener of this.#listeners) listener(changed);
    }

    #rebuild(): void {
        this.#shown.clear();
        for (const [id, shape] of this.#decided) this.#shown.set(id, shape);
        const mine = new Set(this.#undecided.flatMap((change) => change.ops.map((op) => op.id)));
        for (const id of mine) {
            const now = this.#asShown(id);
            if (now === undefined) this.#shown.delete(id);
            else this.#shown.set(id, now);
        }
        this.#order = [...this.#shown.values()].sort(paintOrder);
        for (const listener of this.#listeners) listener(null);
    }

    /** Where it stands in the order, or would. */
    #place(shape: Shape): number {
        let [low, high] = [0, this.#order.length];
        while (low < high) {
            const middle = (low + high) >> 1;
            if (paintOrder(this.#order[middle]!, shape) < 0) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
