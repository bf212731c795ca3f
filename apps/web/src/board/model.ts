// What the board's screen knows besides the board itself: tool, choice, camera, what is open.

import { batch, computed, effect, signal, untracked, type ReadonlySignal } from "@preact/signals";
import type { Client } from "@libconf/client";
import {
    boundsOfAll,
    endlessView,
    fitting,
    get,
    kept,
    magnification,
    mayPatch,
    mayRemove,
    seenBy,
    showing,
    withGroups,
    zoomedAt,
    zoomStep,
    type Board,
    type Box,
    type Camera,
    type Page,
    type PageRef,
    type Point,
    type Rights,
    type Shape,
    type ShapeId,
    type Size,
} from "@libconf/client/board";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { keepStyle } from "./style.ts";

export const tools = [
    "select",
    "hand",
    "pen",
    "highlighter",
    "eraser",
    "line",
    "arrow",
    "rectangle",
    "ellipse",
    "polygon",
    "text",
    "note",
    "stamp",
    "laser",
] as const;
export type ToolName = (typeof tools)[number];

/** What stays usable where one may not draw. */
export const freeTools: readonly ToolName[] = ["hand", "laser"];

/** A text that is being written. */
export interface Writing {
    readonly id: ShapeId;
    /** Null: it is not there yet, and will be of this type, at this place. */
    readonly made: { readonly type: "text" | "note"; readonly at: Point } | null;
}

export type Sheet = "documents" | "pages" | null;

export class BoardModel {
    readonly board: Board;
    readonly client: Client;
    readonly room: string;
    readonly tool = signal<ToolName>("pen");
    /** The tool stays after one shape. */
    readonly isToolKept = signal(false);
    readonly chosen = signal<ReadonlySet<ShapeId>>(new Set());
    readonly writing = signal<Writing | null>(null);
    readonly sheet = signal<Sheet>(null);
    readonly isHelpOpen = signal(false);
    /** Of the stage, in pixels. */
    readonly screen = signal<Size>({ width: 0, height: 0 });
    readonly camera = signal<Camera>({ x: 0, y: 0, zoom: 1 });
    /** We see what everybody sees; false: we look around. */
    readonly isFollowing = signal(true);
    /** Where keys draw; null: they do not. */
    readonly crosshair = signal<Point | null>(null);
    /** The one that a screen reader's user is at. */
    readonly current = signal<ShapeId | null>(null);
    /** Counts what changed on the page, for what is computed from shapes. */
    readonly pageVersion = signal(0);
    readonly page: ReadonlySignal<Page | null>;
    /** Of the page; an endless one: what is seen of it at first. */
    readonly pageSize: ReadonlySignal<Size>;
    readonly isEndless: ReadonlySignal<boolean>;
    readonly percent: ReadonlySignal<number>;
    readonly chosenShapes: ReadonlySignal<readonly Shape[]>;
    /** Around all that is chosen, on the page. */
    readonly chosenBox: ReadonlySignal<Box | null>;
    readonly rights: ReadonlySignal<Rights>;
    readonly isLeading: ReadonlySignal<boolean>;
    readonly hasStage: ReadonlySignal<boolean>;
    readonly #off: (() => void)[] = [];

    constructor(board: Board, client: Client, room: string) {
        this.board = board;
        this.client = client;
        this.room = room;
        this.page = board.page;
        this.isEndless = computed(() => this.page.value?.height === 0);
        this.pageSize = computed(() => {
            const page = this.page.value;
            return page === null || page.height === 0 ? endlessView : page;
        });
        this.percent = computed(() =>
            Math.round(100 * magnification(this.camera.value, this.pageSize.value, this.screen.value)),
        );
        this.chosenShapes = computed(() => {
            void this.pageVersion.value;
            return [...this.chosen.value].flatMap((id) => board.shapes.shapes.get(id) ?? []);
        });
        this.chosenBox = computed(() => boundsOfAll(this.chosenShapes.value, this.find));
        this.rights = computed(() => ({
            role: client.self.value?.role.value ?? "viewer",
            you: board.you.value,
            draws: board.mayDraw.value,
        }));
        this.isLeading = computed(() => {
            const leader = board.stage.value.leader;
            return leader !== undefined && leader === client.self.value?.id;
        });
        this.hasStage = computed(() => board.stage.value.document !== undefined);
        this.#off.push(
            keepStyle(),
            board.shapes.on((ids) => {
                this.pageVersion.value += 1;
                const gone = ids === null ? [...this.chosen.peek()] : ids;
                if (gone.some((id) => this.chosen.peek().has(id) && !board.shapes.shapes.has(id)))
                    this.chosen.value = new Set(
                        [...this.chosen.peek()].filter((id) => board.shapes.shapes.has(id)),
                    );
            }),
            effect(() => this.#follow()),
            effect(() => this.#keepWhole()),
            effect(() => this.#lead()),
            effect(() => {
                if (board.mayDraw.value || freeTools.includes(this.tool.peek())) return;
                untracked(() => this.choose([]));
            }),
        );
    }

    dispose(): void {
        for (const off of this.#off.splice(0)) off();
    }

    readonly find = (id: ShapeId): Shape | undefined => this.board.shapes.shapes.get(id);

    // Choosing.

    setTool(tool: ToolName): void {
        batch(() => {
            this.tool.value = tool;
            this.isToolKept.value = false;
            this.crosshair.value = null;
            if (tool !== "select") this.choose([]);
        });
    }

    /** These, and what is grouped with them. */
    choose(ids: Iterable<ShapeId>, alone = false): void {
        const all = alone ? new Set(ids) : withGroups(ids, this.board.shapes.order, this.find);
        if (all.size === 0 && this.chosen.peek().size === 0) return;
        this.chosen.value = all;
    }

    toggle(id: ShapeId): void {
        const one = withGroups([id], this.board.shapes.order, this.find);
        const all = new Set(this.chosen.peek());
        const was = all.has(id);
        for (const each of one) {
            if (was) all.delete(each);
            else all.add(each);
        }
        this.chosen.value = all;
    }

    mayPatch(shape: Shape): boolean {
        return mayPatch(shape, this.rights.peek());
    }

    mayRemove(shape: Shape): boolean {
        return mayRemove(shape, this.rights.peek());
    }

    /** Who may be chosen at all: where one may change only his own, others' are not in the way. */
    isChoosable(shape: Shape): boolean {
        return shape.type !== "group" && (this.mayPatch(shape) || this.rights.peek().role !== "viewer");
    }

    /** What can be changed of what is chosen. */
    changeable(): readonly Shape[] {
        return this.chosenShapes.peek().filter((one) => this.mayPatch(one) && !get(one, "locked"));
    }

    // Looking.

    /** Away from what everybody sees, unless we lead it. */
    look(camera: Camera): void {
        batch(() => {
            if (!this.isLeading.peek()) this.isFollowing.value = false;
            this.camera.value = this.#kept(camera);
        });
    }

    zoom(factor: number, at?: Point): void {
        const { width, height } = this.screen.peek();
        const center = at ?? { x: width / 2, y: height / 2 };
        this.look(zoomedAt(this.camera.peek(), center, factor, this.pageSize.peek(), this.screen.peek()));
    }

    zoomIn(): void {
        this.zoom(zoomStep);
    }

    zoomOut(): void {
        this.zoom(1 / zoomStep);
    }

    zoomToPage(): void {
        this.look(this.#whole());
    }

    bringIntoView(box: Box): void {
        const seen = seenBy(this.camera.peek(), this.screen.peek());
        const isSeen =
            box.x >= seen.x &&
            box.y >= seen.y &&
            box.x + box.width <= seen.x + seen.width &&
            box.y + box.height <= seen.y + seen.height;
        if (!isSeen) this.look(showing(this.camera.peek(), box, this.screen.peek()));
    }

    /** Another page: for everybody where we may, else for us alone. */
    async turnTo(at: PageRef): Promise<void> {
        if (this.board.mayPresent.peek() && this.isFollowing.peek()) {
            await this.board.setStage(at);
            return;
        }
        this.isFollowing.value = false;
        await this.#lookAt(at);
    }

    /** For us alone. */
    async lookAround(at: PageRef): Promise<void> {
        this.isFollowing.value = false;
        await this.#lookAt(at);
    }

    follow(): void {
        this.isFollowing.value = true;
    }

    /** What we see is what everybody sees from now on. */
    async showToAll(): Promise<void> {
        const at = this.board.at.peek();
        if (at === null) return;
        await this.board.setStage(at);
        this.isFollowing.value = true;
    }

    /** One page on or back in the document that we look at. */
    async step(by: 1 | -1): Promise<void> {
        const next = this.neighbour(by);
        if (next !== null) await this.turnTo(next);
    }

    neighbour(by: 1 | -1): PageRef | null {
        const document = this.board.document.value;
        const at = document?.pages.findIndex((one) => one.number === this.board.at.value?.page) ?? -1;
        const page = at < 0 ? undefined : document!.pages[at + by];
        return page === undefined ? null : { document: document!.number, page: page.number };
    }

    async #lookAt(at: PageRef): Promise<void> {
        this.choose([]);
        this.writing.value = null;
        await this.board.look(at);
        this.camera.value = this.#whole();
    }

    #whole(): Camera {
        return fitting({ x: 0, y: 0, ...this.pageSize.peek() }, this.screen.peek());
    }

    #kept(camera: Camera): Camera {
        return kept(camera, this.pageSize.peek(), this.screen.peek(), this.isEndless.peek());
    }

    #follow(): void {
        const { document, page, view } = this.board.stage.value;
        if (!this.isFollowing.value || this.board.state.value === "closed") return;
        if (document === undefined || page === undefined) return;
        const screen = this.screen.value;
        const isLeading = this.isLeading.value;
        untracked(() => {
            const at = this.board.at.peek();
            const isOther = at?.document !== document || at.page !== page;
            if (isOther) void this.#lookAt({ document, page }).catch(() => undefined);
            if (!isLeading && view !== undefined && view.width > 0 && view.height > 0)
                this.camera.value = fitting(view, screen);
        });
    }

    #seenSize: Size = { width: 0, height: 0 };

    /** Who has not zoomed sees all of the page when the window, or the page's size, is another one. */
    #keepWhole(): void {
        const screen = this.screen.value;
        const size = this.pageSize.value;
        untracked(() => {
            const before = this.#seenSize;
            this.#seenSize = screen;
            if (screen.width === 0) return;
            const camera = this.camera.peek();
            const was = before.width === 0 ? 1 : magnification(camera, size, before);
            this.camera.value = Math.abs(was - 1) < 0.02 ? this.#whole() : this.#kept(camera);
        });
    }

    #lead(): void {
        const camera = this.camera.value;
        const screen = this.screen.value;
        if (!this.isLeading.value || !this.isFollowing.value || screen.width === 0) return;
        untracked(() => this.board.lead(seenBy(camera, screen)));
    }
}

export const BoardContext = createContext<BoardModel | null>(null);

export function useBoard(): BoardModel {
    const model = useContext(BoardContext);
    if (model === null) throw new Error("a part of the board outside of one");
    return model;
}
