// The page, and what hands do on it. Only the overlay is rendered by Preact; all else is moved by hand.

import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { moved, pinched, seenBy, toPage, zoomedAt, type Box, type Point } from "@libconf/client/board";
import { t } from "../i18n/index.ts";
import { announce } from "../kit/index.ts";
import { CursorLayer } from "./cursors.ts";
import { InkLayer } from "./ink.ts";
import { LaserTrail } from "./laser.ts";
import { ShapeLayer } from "./layer.ts";
import { Mirror } from "./mirror.tsx";
import { useBoard } from "./model.ts";
import { Overlay } from "./overlay.tsx";
import { Pointers, type Pointer } from "./pointers.ts";
import { handleKey } from "./run_keys.ts";
import { TextEditor } from "./text_editor.tsx";
import { toolOf } from "./tools/index.ts";
import { handleAt } from "./tools/handles.ts";
import { shapeUnder } from "./tools/select.ts";
import { unitsOf, type Bench, type Gesture, type Modifiers, type Sample } from "./tools/tool.ts";
import { dropFiles } from "./paste.ts";

const wheelLinePixels = 40;

export function Surface() {
    const model = useBoard();
    const { board } = model;
    const root = useRef<HTMLDivElement>(null);
    const world = useRef<HTMLDivElement>(null);
    const shapesRoot = useRef<SVGSVGElement>(null);
    const inkRoot = useRef<SVGSVGElement>(null);
    const laserRoot = useRef<SVGSVGElement>(null);
    const cursorsRoot = useRef<HTMLDivElement>(null);
    const marquee = useSignal<Box | null>(null);
    const bench = useSignal<Bench | null>(null);
    const hand = useMemo(() => new Hand(), []);

    useEffect(() => {
        const surface = root.current!;
        const addressOf = (asset: string): string => board.assetPath(model.room, asset);
        const shapes = new ShapeLayer(shapesRoot.current!, board.shapes, addressOf);
        const ink = new InkLayer(inkRoot.current!, board, () =>
            seenBy(model.camera.peek(), model.screen.peek()),
        );
        const laser = new LaserTrail(laserRoot.current!);
        const cursors = new CursorLayer(cursorsRoot.current!, laser, board);
        const made: Bench = {
            model,
            shapes,
            ink,
            laser,
            marquee,
            units: (pixels) => unitsOf(model.camera.peek(), pixels),
        };
        bench.value = made;
        const watch = new ResizeObserver(([entry]) => {
            if (entry === undefined) return;
            const { width, height } = entry.contentRect;
            model.screen.value = { width, height };
        });
        watch.observe(surface);
        const offHand = hand.attach(surface, made);
        const offCamera = model.camera.subscribe((camera) => {
            const { x, y, zoom } = camera;
            world.current!.style.transform = `scale(${zoom}) translate(${-x}px, ${-y}px)`;
            cursors.setCamera(camera);
        });
        const offPage = board.at.subscribe(() => cursors.clear());
        return () => {
            offPage();
            offCamera();
            offHand();
            watch.disconnect();
            cursors.dispose();
            laser.dispose();
            ink.dispose();
            shapes.dispose();
        };
    }, []);
    useSignalEffect(() => {
        hand.setHand(model.tool.value === "hand");
    });

    const page = model.page.value;
    const document = board.document.value;
    const number = document?.pages.findIndex((one) => one === page) ?? -1;
    const label =
        document === null || page === null
            ? t("board.surface")
            : t("board.surface-page", {
                  title: document.title,
                  page: number + 1,
                  pages: document.pages.length,
              });
    const { width, height } = model.pageSize.value;
    const isEndless = model.isEndless.value;
    return (
        <div class="board-stage">
            <div
                ref={root}
                class={`board-surface tool-${model.tool.value}${board.mayDraw.value ? "" : " looking"}`}
                role="application"
                tabIndex={0}
                aria-label={label}
                aria-describedby="board-hint"
                data-page={page?.number ?? ""}
                onKeyDown={(event) => handleKey(model, event, hand)}
                onDragOver={(event) => event.preventDefault()}
                onDrop={(event) => {
                    event.preventDefault();
                    const box = root.current!.getBoundingClientRect();
                    const at = { x: event.clientX - box.left, y: event.clientY - box.top };
                    void dropFiles(model, event.dataTransfer, toPage(model.camera.peek(), at));
                }}
            >
                <div class="board-world" ref={world}>
                    {!isEndless && page !== null && (
                        <div class="board-paper" style={{ width: `${width}px`, height: `${height}px` }}>
                            {page.background !== undefined && (
                                <img
                                    key={page.background}
                                    src={board.address(page.background)}
                                    alt=""
                                    width={width}
                                    height={height}
                                    draggable={false}
                                />
                            )}
                            {!page.ready && <p class="board-converting">{t("board.page-converting")}</p>}
                        </div>
                    )}
                    <svg class="board-shapes" ref={shapesRoot} aria-hidden="true" width="1" height="1" />
                    <svg class="board-ink" ref={inkRoot} aria-hidden="true" width="1" height="1" />
                    <svg class="board-ink" ref={laserRoot} aria-hidden="true" width="1" height="1" />
                </div>
                <Overlay marquee={marquee} />
                <div class="board-cursors" ref={cursorsRoot} aria-hidden="true" />
                {bench.value !== null && <TextEditor bench={bench.value} />}
            </div>
            <p id="board-hint" class="hidden">
                {t(board.mayDraw.value ? "board.hint-keys" : "board.hint-looking")}
            </p>
            <Mirror surface={root} />
        </div>
    );
}

/** Pointers, and keys in their place, on the way to the tool that is chosen. */
export class Hand {
    #bench: Bench | null = null;
    #surface: HTMLElement | null = null;
    #box: DOMRect | null = null;
    #gesture: Gesture | null = null;
    #modifiers: Modifiers = { shift: false, alt: false };
    #pressure = 0;
    #pending: Sample[] = [];
    #predicted: readonly Sample[] = [];
    #frame = 0;
    readonly #pointers = new Pointers({
        begin: (pointer) => this.#begin(pointer),
        move: () => undefined,
        end: () => this.#end(),
        cancel: () => this.cancel(),
        moveView: (from, to) => this.#moveView(from, to),
        penSeen: () => announce(t("board.pen-seen")),
    });

    get isBusy(): boolean {
        return this.#gesture !== null;
    }

    setHand(on: boolean): void {
        this.#pointers.isHand = on;
    }

    attach(surface: HTMLElement, bench: Bench): () => void {
        this.#bench = bench;
        this.#surface = surface;
        const listen: { readonly [type: string]: (event: PointerEvent) => void } = {
            pointerdown: (event) => this.#down(event),
            pointermove: (event) => this.#moved(event),
            pointerup: (event) => this.#up(event),
            pointercancel: (event) => this.#pointers.lose(event.pointerId),
            pointerleave: () => bench.model.board.point(null),
        };
        for (const [type, handler] of Object.entries(listen))
            surface.addEventListener(type, handler as EventListener);
        const wheel = (event: WheelEvent): void => this.#wheel(event);
        surface.addEventListener("wheel", wheel, { passive: false });
        const twice = (event: MouseEvent): void => this.#twice(event);
        surface.addEventListener("dblclick", twice);
        return () => {
            this.cancel();
            cancelAnimationFrame(this.#frame);
            for (const [type, handler] of Object.entries(listen))
                surface.removeEventListener(type, handler as EventListener);
            surface.removeEventListener("wheel", wheel);
            surface.removeEventListener("dblclick", twice);
        };
    }

    /** By keys: as a pointer at that place of the page. */
    press(at: Point): void {
        if (this.#bench === null) return;
        if (this.#gesture === null) this.#start({ ...at, pressure: null, time: performance.now() });
        else this.#end();
    }

    pull(at: Point): void {
        if (this.#gesture === null) return;
        this.#pending.push({ ...at, pressure: null, time: performance.now() });
        this.#flush();
    }

    cancel(): void {
        this.#gesture?.cancel();
        this.#gesture = null;
        this.#pending = [];
    }

    #down(event: PointerEvent): void {
        if (event.button !== 0 && event.button !== 1 && event.button !== 5) return;
        // A text that is being written is ended by leaving it.
        if (event.target instanceof HTMLTextAreaElement) return;
        this.#box = this.#surface!.getBoundingClientRect();
        this.#pressure = event.pressure;
        this.#note(event);
        this.#surface!.focus({ preventScroll: true });
        event.preventDefault();
        if (this.#pointers.down(this.#pointer(event))) this.#surface!.setPointerCapture(event.pointerId);
    }

    #moved(event: PointerEvent): void {
        const { model } = this.#bench!;
        this.#note(event);
        if (this.#gesture !== null && this.#pointers.isDrawing) {
            const all = event.getCoalescedEvents?.() ?? [];
            for (const one of all.length > 0 ? all : [event]) this.#pending.push(this.#sample(one));
            this.#predicted = (event.getPredictedEvents?.() ?? []).map((one) => this.#sample(one));
            this.#frame ||= requestAnimationFrame(() => {
                this.#frame = 0;
                this.#flush();
            });
        }
        this.#pointers.move(this.#pointer(event));
        if (event.pointerType === "touch") return;
        this.#box ??= this.#surface!.getBoundingClientRect();
        const at = this.#sample(event);
        if (model.tool.peek() !== "laser") model.board.point({ kind: "cursor", x: at.x, y: at.y });
    }

    #up(event: PointerEvent): void {
        this.#note(event);
        this.#pointers.up(this.#pointer(event));
        this.#box = null;
    }

    #note(event: { readonly shiftKey: boolean; readonly altKey: boolean }): void {
        this.#modifiers = { shift: event.shiftKey, alt: event.altKey };
    }

    #pointer(event: PointerEvent): Pointer {
        return {
            id: event.pointerId,
            kind: event.pointerType === "pen" || event.pointerType === "touch" ? event.pointerType : "mouse",
            at: this.#place(event),
            contact: Math.max(event.width, event.height),
            button: event.button,
            time: event.timeStamp,
        };
    }

    #place(event: { readonly clientX: number; readonly clientY: number }): Point {
        const box = (this.#box ??= this.#surface!.getBoundingClientRect());
        return { x: event.clientX - box.left, y: event.clientY - box.top };
    }

    #sample(event: PointerEvent): Sample {
        const at = toPage(this.#bench!.model.camera.peek(), this.#place(event));
        return {
            ...at,
            pressure: event.pointerType === "pen" ? event.pressure : null,
            time: event.timeStamp,
        };
    }

    #begin(pointer: Pointer): void {
        const { model } = this.#bench!;
        const at = toPage(model.camera.peek(), pointer.at);
        const pressure = pointer.kind === "pen" ? this.#pressure : null;
        // The end of a pen erases, whatever the tool.
        this.#start({ ...at, pressure, time: pointer.time }, pointer.button === 5);
    }

    #start(at: Sample, isEraser = false): void {
        const bench = this.#bench!;
        this.#pending = [];
        const { model } = bench;
        const tool = isEraser ? "eraser" : model.tool.peek();
        const handle = tool === "select" ? handleAt(bench, at) : null;
        this.#gesture = handle ?? toolOf(tool).begin(bench, at, this.#modifiers);
    }

    #end(): void {
        this.#flush();
        const gesture = this.#gesture;
        this.#gesture = null;
        gesture?.end(this.#modifiers);
    }

    #flush(): void {
        const samples = this.#pending;
        if (samples.length === 0) return;
        this.#pending = [];
        this.#gesture?.move(samples, this.#modifiers, this.#predicted);
        this.#predicted = [];
    }

    #moveView(from: readonly Point[], to: readonly Point[]): void {
        const { model } = this.#bench!;
        const camera = model.camera.peek();
        const [a, b] = from;
        const [c, d] = to;
        if (a === undefined || c === undefined) return;
        if (b !== undefined && d !== undefined)
            model.look(pinched(camera, [a, b], [c, d], model.pageSize.peek(), model.screen.peek()));
        else model.look(moved(camera, c.x - a.x, c.y - a.y));
    }

    #wheel(event: WheelEvent): void {
        event.preventDefault();
        const { model } = this.#bench!;
        const scale = event.deltaMode === 1 ? wheelLinePixels : 1;
        this.#box = null;
        const at = this.#place(event);
        this.#box = null;
        const camera = model.camera.peek();
        if (event.ctrlKey || event.metaKey) {
            const factor = Math.exp((-event.deltaY * scale) / 400);
            return model.look(zoomedAt(camera, at, factor, model.pageSize.peek(), model.screen.peek()));
        }
        const [dx, dy] = event.shiftKey ? [event.deltaY, event.deltaX] : [event.deltaX, event.deltaY];
        model.look(moved(camera, -dx * scale, -dy * scale));
    }

    /** A text or note is written on; of a group one shape is chosen alone. */
    #twice(event: MouseEvent): void {
        const { model } = this.#bench!;
        if (model.tool.peek() !== "select") return;
        this.#box = null;
        const found = shapeUnder(this.#bench!, toPage(model.camera.peek(), this.#place(event)));
        this.#box = null;
        if (found === null) return;
        if ((found.type === "text" || found.type === "note") && model.mayPatch(found))
            model.writing.value = { id: found.id, made: null };
        else model.choose([found.id], true);
    }
}
