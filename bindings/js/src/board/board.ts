// The board of a room: what is shown and drawn, kept equal with the server's. Knows no screen.

import { batch, computed, signal, untracked, effect, type ReadonlySignal } from "@preact/signals-core";
import { Emitter } from "../emitter.ts";
import type { Line } from "../line.ts";
import type { Person } from "../model/types.ts";
import { systemClock, Alarm } from "../session/clock.ts";
import type { Clock } from "../session/types.ts";
import { UnreadableError } from "./bytes.ts";
import { reduceDocuments } from "./documents.ts";
import {
    changeFrame,
    pointerFrame,
    readFrame,
    viewFrame,
    type DiscardReason,
    type PointerOf,
    type ServerFrame,
} from "./frames.ts";
import type { Box, Point } from "./geometry.ts";
import { LiveStrokes, OwnStroke } from "./live.ts";
import { orderBetween } from "./order.ts";
import { PageStore, type Undecided } from "./page_store.ts";
import { readId } from "./properties.ts";
import { readOpened } from "./read.ts";
import { BoardRequests, type Answered } from "./requests.ts";
import type { Author, BoardDocument, Op, Page, PageRef, Patch, Rules, ShapeId, Stage } from "./types.ts";

/** Twenty a second: the server collects them for as long. */
export const pointerEveryMs = 50;
export const opsMost = 1000;
/** What one message may be, with room for its head. */
const changeBytesMost = 49_000;

/** The parts of a `Client` that a board needs. */
export interface BoardClient {
    readonly line: Line;
    readonly self: ReadonlySignal<Person | null>;
}

export interface BoardOptions {
    readonly clock?: Clock;
    /** Fills with chance; default: the machine's. */
    readonly random?: (bytes: Uint8Array<ArrayBuffer>) => void;
}

export interface BoardEvents {
    /** Something of ours was not done. */
    refused: { readonly reason: DiscardReason };
    pointers: readonly PointerOf[];
    /** The server said something that cannot be read. */
    error: Error;
}

export class Board extends BoardRequests {
    readonly state: ReadonlySignal<"closed" | "opening" | "open">;
    readonly stage: ReadonlySignal<Stage>;
    readonly rules: ReadonlySignal<Rules>;
    readonly documents: ReadonlySignal<readonly BoardDocument[]>;
    readonly authors: ReadonlySignal<ReadonlyMap<number, Author>>;
    /** Our author number; 0: we have not drawn yet. */
    readonly you: ReadonlySignal<number>;
    /** The page that we look at; null: none. */
    readonly at: ReadonlySignal<PageRef | null>;
    /** Its shapes are all here. */
    readonly isLoaded: ReadonlySignal<boolean>;
    readonly page: ReadonlySignal<Page | null>;
    readonly document: ReadonlySignal<BoardDocument | null>;
    /** Who shows, and says who draws: presenters and moderators. */
    readonly mayPresent: ReadonlySignal<boolean>;
    /** On the page that we look at, now. */
    readonly mayDraw: ReadonlySignal<boolean>;
    /** What of ours the server has not decided yet. */
    readonly undecided: ReadonlySignal<number>;
    readonly shapes = new PageStore();
    readonly live = new LiveStrokes();

    readonly #client: BoardClient;
    readonly #clock: Clock;
    readonly #random: (bytes: Uint8Array<ArrayBuffer>) => void;
    readonly #events = new Emitter<BoardEvents>();
    readonly #state = signal<"closed" | "opening" | "open">("closed");
    readonly #stage = signal<Stage>({});
    readonly #rules = signal<Rules>({ mode: "presenter", writers: [], cursors: true });
    readonly #documents = signal<readonly BoardDocument[]>([]);
    readonly #authors = signal<ReadonlyMap<number, Author>>(new Map());
    readonly #you = signal(0);
    readonly #at = signal<PageRef | null>(null);
    readonly #isLoaded = signal(false);
    readonly #undecidedCount = signal(0);
    readonly #undecided: Undecided[] = [];
    readonly #own = new Map<number, OwnStroke>();
    readonly #off: (() => void)[] = [];
    readonly #pointerAlarm: Alarm;
    readonly #viewAlarm: Alarm;
    #pointer: (Point & { kind: "cursor" | "laser" }) | null | undefined;
    #view: Box | null = null;
    #token = "";
    #next = 1;
    #looks = 0;

    constructor(client: BoardClient, options: BoardOptions = {}) {
        super();
        this.#client = client;
        this.#clock = options.clock ?? systemClock;
        this.#random = options.random ?? ((bytes) => globalThis.crypto.getRandomValues(bytes));
        this.#pointerAlarm = new Alarm(this.#clock);
        this.#viewAlarm = new Alarm(this.#clock);
        this.state = this.#state;
        this.stage = this.#stage;
        this.rules = this.#rules;
        this.documents = this.#documents;
        this.authors = this.#authors;
        this.you = this.#you;
        this.at = this.#at;
        this.isLoaded = this.#isLoaded;
        this.undecided = this.#undecidedCount;
        this.document = computed(
            () => this.#documents.value.find((one) => one.number === this.#at.value?.document) ?? null,
        );
        this.page = computed(
            () => this.document.value?.pages.find((one) => one.number === this.#at.value?.page) ?? null,
        );
        this.mayPresent = computed(() => {
            const role = client.self.value?.role.value;
            return role === "moderator" || role === "presenter";
        });
        this.mayDraw = computed(() => {
            const self = client.self.value;
            if (self === null || this.page.value === null) return false;
            if (self.role.value === "moderator") return true;
            if (this.page.value.locked) return false;
            const { mode, writers } = this.#rules.value;
            return (
                self.role.value === "presenter" ||
                mode === "everybody" ||
                (mode === "writers" && writers.includes(self.id))
            );
        });
        const { line } = client;
        this.#off.push(
            line.on("event", ({ type, body }) => this.#event(type, body)),
            line.on("frame", (bytes) => this.#frame(bytes)),
            line.on("lost", () => this.#lost()),
            line.on("welcome", () => {
                if (this.#state.peek() !== "closed") void this.#open().catch(() => undefined);
            }),
            // Whose right ends lays the pen down: what he drew so far is put by the server.
            effect(() => {
                if (!this.mayDraw.value) untracked(() => this.endStrokes());
            }),
        );
    }

    on<K extends keyof BoardEvents>(type: K, handler: (event: BoardEvents[K]) => void): () => void {
        return this.#events.on(type, handler);
    }

    // Coming and going.

    /** Begins to hear of the board. Opens itself again after a lost connection. */
    async open(): Promise<void> {
        if (this.#state.peek() !== "closed") return;
        this.#state.value = "opening";
        try {
            await this.#open();
        } catch (error) {
            this.#state.value = "closed";
            throw error;
        }
    }

    close(): void {
        if (this.#state.peek() === "closed") return;
        this.endStrokes();
        this.#state.value = "closed";
        this.#at.value = null;
        this.live.clear();
        this.#client.line.ask("board.close", {}, { once: true }).catch(() => undefined);
    }

    dispose(): void {
        this.endStrokes();
        this.#pointerAlarm.clear();
        this.#viewAlarm.clear();
        for (const off of this.#off.splice(0)) off();
        this.#events.clear();
    }

    /** Looks at that page. Resolves when its shapes are here. */
    async look(at: PageRef): Promise<void> {
        const now = this.#at.peek();
        if (now?.document === at.document && now.page === at.page) return;
        this.endStrokes();
        batch(() => {
            this.#at.value = { document: at.document, page: at.page };
            this.#isLoaded.value = false;
            this.live.clear();
            this.shapes.reset(this.#you.peek(), this.#mineOf(at));
        });
        if (this.#state.peek() === "open") await this.#look(at, false);
    }

    /** The address of a path of the protocol's, with our token. */
    address(path: string): string {
        if (this.#token === "") return path;
        const mark = path.includes("?") ? "&" : "?";
        return `${path}${mark}token=${encodeURIComponent(this.#token)}`;
    }

    /** Where images for the board are sent to, and fetched from. */
    assetPath(room: string, asset?: string): string {
        const name = encodeURIComponent(room);
        return this.address(`/api/v1/rooms/${name}/assets${asset === undefined ? "" : `/${asset}`}`);
    }

    // Drawing.

    newId(): ShapeId {
        const bytes = new Uint8Array(8);
        this.#random(bytes);
        bytes[0]! |= 1;
        return readId(bytes);
    }

    /** Changes with the same number that follow each other are undone together. */
    newGesture(): number {
        return this.#next++;
    }

    /** Above all. */
    topIndex(): string {
        return orderBetween(this.shapes.topIndex(), null);
    }

    /** Does it here at once, and asks the server to. */
    change(ops: readonly Op[], gesture: number = this.newGesture()): void {
        const at = this.#at.peek();
        if (at === null || ops.length === 0) return;
        for (const piece of inPieces(ops)) {
            const change: Undecided = { number: this.#next++, gesture, at, ops: piece };
            this.#undecided.push(change);
            this.shapes.add(change);
            this.#send(change);
        }
        this.#undecidedCount.value = this.#undecided.length;
    }

    /**
     * A stroke that others see while it is drawn; its points are given from its own origin on. Null: all pens
     * are in use.
     */
    beginStroke(type: "pen" | "highlighter", given: Patch, hasPressure: boolean): OwnStroke | null {
        const at = this.#at.peek();
        const slot = [0, 1, 2, 3, 4, 5, 6, 7].find((one) => !this.#own.has(one));
        if (at === null || slot === undefined) return null;
        const stroke = new OwnStroke({
            clock: this.#clock,
            slot,
            at,
            id: this.newId(),
            type,
            given,
            hasPressure,
            send: (frame) => this.#state.peek() === "open" && this.#client.line.send(frame),
            done: (points) => {
                const index = this.topIndex();
                this.change([{ kind: "put", id: stroke.id, type, given: { ...given, index, points } }]);
            },
            over: () => this.#own.delete(slot),
        });
        this.#own.set(slot, stroke);
        return stroke;
    }

    /** Every stroke of ours ends where it is. */
    endStrokes(): void {
        for (const stroke of [...this.#own.values()]) stroke.end();
    }

    /** Where our cursor is; null: nowhere. */
    point(pointer: (Point & { kind: "cursor" | "laser" }) | null): void {
        if (this.#pointer === null && pointer === null) return;
        this.#pointer = pointer;
        if (!this.#pointerAlarm.armed) this.#sendPointer();
    }

    /** What the leader sees: the others follow. */
    lead(view: Box): void {
        this.#view = view;
        if (!this.#viewAlarm.armed) this.#sendView();
    }

    protected ask(type: string, fields: object, timeoutMs?: number): Promise<Answered> {
        return this.#client.line.ask(type, fields, timeoutMs === undefined ? {} : { timeoutMs });
    }

    async #open(): Promise<void> {
        const answer = readOpened(await this.#client.line.ask("board.open", {}, { once: true }));
        if (this.#state.peek() === "closed") return;
        this.#token = answer.token ?? "";
        this.#next = Math.max(this.#next, answer.last + 1);
        // What was decided while we were away: it is in the state that comes.
        for (const one of [...this.#undecided]) if (one.number <= answer.last) this.#forget(one.number);
        const at = this.#at.peek();
        batch(() => {
            this.#stage.value = answer.stage;
            this.#rules.value = answer.rules;
            this.#documents.value = answer.documents;
            this.#authors.value = new Map(answer.authors.map((one) => [one.number, one]));
            this.#you.value = answer.you;
            this.#state.value = "open";
        });
        if (at !== null) {
            this.shapes.resume(answer.you, this.#mineOf(at));
            await this.#look(at, true);
        }
        for (const one of this.#undecided) this.#send(one);
        for (const stroke of this.#own.values()) stroke.again();
    }

    async #look(at: PageRef, isAgain: boolean): Promise<void> {
        const look = (this.#looks += 1);
        const { sequence } = this.shapes;
        const since = isAgain && sequence > 0 ? { since: sequence } : {};
        await this.#client.line.ask("board.look", { ...at, ...since }, { once: true });
        if (look === this.#looks) this.#isLoaded.value = true;
    }

    #lost(): void {
        this.live.clear();
        if (this.#state.peek() === "open") this.#state.value = "opening";
    }

    #send(change: Undecided): void {
        if (this.#state.peek() !== "open") return;
        this.#client.line.send(changeFrame(change.number, change.gesture, change.at, change.ops));
    }

    #sendPointer(): void {
        const pointer = this.#pointer;
        if (pointer === undefined || this.#state.peek() !== "open") return;
        this.#client.line.send(pointerFrame(pointer));
        this.#pointerAlarm.set(pointerEveryMs, () => {
            if (this.#pointer !== pointer) this.#sendPointer();
        });
    }

    #sendView(): void {
        const view = this.#view;
        if (view === null || this.#state.peek() !== "open") return;
        this.#client.line.send(viewFrame(view));
        this.#viewAlarm.set(pointerEveryMs, () => {
            if (this.#view !== view) this.#sendView();
        });
    }

    // What comes.

    #event(type: string, body: { readonly [name: string]: unknown }): void {
        if (this.#state.peek() === "closed") return;
        switch (type) {
            case "board.stage": {
                const { type: _, ...stage } = body;
                this.#stage.value = stage as Stage;
                return;
            }
            case "board.rules":
                this.#rules.value = { ...this.#rules.peek(), ...(body as Partial<Rules>) };
                return;
            case "board.author": {
                const { number, id, name } = body as unknown as Author;
                this.#authors.value = new Map(this.#authors.peek()).set(number, { number, id, name });
                // Who has not drawn before is given his number now.
                if (id === this.#client.self.peek()?.id) {
                    this.#you.value = number;
                    this.shapes.setAuthor(number);
                }
                return;
            }
            default:
                this.#documents.value = reduceDocuments(this.#documents.peek(), type, body);
        }
    }

    #frame(bytes: Uint8Array): void {
        if (this.#state.peek() === "closed") return;
        try {
            for (const frame of readFrame(bytes)) this.#heard(frame);
        } catch (error) {
            if (!(error instanceof UnreadableError)) throw error;
            this.#events.emit("error", error);
        }
    }

    #heard(frame: ServerFrame): void {
        if (frame.kind === "verdict") return this.#verdict(frame);
        if ("author" in frame && frame.kind.startsWith("live") && frame.author === this.#you.peek()) return;
        if (frame.kind === "live points") return this.live.points(frame);
        if (frame.kind === "live end") return this.live.end(frame.id);
        const at = this.#at.peek();
        if (frame.kind === "view") return this.#followed(frame);
        // Of the page before, or of one that was left meanwhile.
        if (frame.document !== at?.document || frame.page !== at.page) return;
        switch (frame.kind) {
            case "change":
                this.shapes.change(frame.ops, frame);
                for (const op of frame.ops) if (op.kind === "put") this.live.end(op.id);
                return;
            case "state":
                return this.shapes.state(frame.shapes, frame.removed, frame.sequence, frame.isWhole);
            case "live begin":
                return this.live.begin(frame);
            case "pointers": {
                const others = frame.pointers.filter((one) => one.author !== this.#you.peek());
                if (others.length > 0) this.#events.emit("pointers", others);
            }
        }
    }

    #followed(frame: ServerFrame & { readonly kind: "view" }): void {
        const stage = this.#stage.peek();
        if (frame.document === stage.document && frame.page === stage.page)
            this.#stage.value = { ...stage, view: frame.view };
    }

    #verdict(frame: ServerFrame & { readonly kind: "verdict" }): void {
        const change = this.#undecided.find((one) => one.number === frame.number);
        if (change === undefined) return;
        this.#forget(frame.number);
        const at = this.#at.peek();
        if (at?.document === change.at.document && at.page === change.at.page) {
            const ops = frame.outcome === "commit" ? "as sent" : (frame.ops ?? null);
            const { sequence } = frame;
            this.shapes.verdict(frame.number, ops, {
                author: this.#you.peek(),
                time: this.#clock.now(),
                sequence,
            });
        }
        if (frame.outcome === "discard")
            this.#events.emit("refused", { reason: frame.reason ?? "unreadable" });
    }

    #forget(number: number): void {
        const at = this.#undecided.findIndex((one) => one.number === number);
        if (at >= 0) this.#undecided.splice(at, 1);
        this.#undecidedCount.value = this.#undecided.length;
    }

    #mineOf(at: PageRef): readonly Undecided[] {
        return this.#undecided.filter((one) => one.at.document === at.document && one.at.page === at.page);
    }
}

/** At most so many, and so many bytes, a message. */
export function inPieces(ops: readonly Op[]): readonly (readonly Op[])[] {
    const pieces: Op[][] = [];
    let size = Infinity;
    for (const op of ops) {
        const bytes = changeFrame(0, 0, { document: 0, page: 0 }, [op]).length;
        if (size + bytes > changeBytesMost || pieces.at(-1)!.length >= opsMost) {
            pieces.push([]);
            size = 0;
        }
        pieces.at(-1)!.push(op);
        size += bytes;
    }
    return pieces;
}
