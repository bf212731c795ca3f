// A text or a note while it is written: a real field of the browser over its place, so that input methods,
// spelling and screen readers work as everywhere.

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import {
    get,
    lineHeight,
    noteMargin,
    toScreen,
    type Patch,
    type Shape,
    type ShapeId,
} from "@libconf/client/board";
import { t } from "../i18n/index.ts";
import { announce } from "../kit/index.ts";
import { textWidth, withLines } from "./measure.ts";
import { useBoard, type BoardModel, type Writing } from "./model.ts";
import { families } from "./paint.ts";
import { styleOf } from "./style.ts";
import { noteSize } from "./tools/write.ts";
import type { Bench } from "./tools/tool.ts";

const textMost = 10_000;
const noteMost = 2000;

export function TextEditor({ bench }: { readonly bench: Bench }) {
    const model = useBoard();
    const writing = model.writing.value;
    if (writing === null) return null;
    const shape = shapeOf(model, writing);
    return shape === null ? null : <Field key={writing.id} bench={bench} writing={writing} shape={shape} />;
}

/** As it is, or as it will be. */
function shapeOf(model: BoardModel, { id, made }: Writing): Shape | null {
    if (made === null) return model.find(id) ?? null;
    const size = made.type === "note" ? { width: noteSize, height: noteSize } : {};
    const given = { ...styleOf(made.type), ...size, x: made.at.x, y: made.at.y };
    const author = model.board.you.peek();
    const stamped = { author, lastAuthor: author, created: 0, updated: 0, version: 0 };
    return { id, type: made.type, given: given as Shape["given"], ...stamped };
}

function Field(props: { readonly bench: Bench; readonly writing: Writing; readonly shape: Shape }) {
    const { bench, writing } = props;
    const model = useBoard();
    // What others do to it meanwhile does not take the words from under the pen.
    const shape = useRef(props.shape).current;
    const field = useRef<HTMLTextAreaElement>(null);
    const isOver = useRef(false);
    const isNote = shape.type === "note";
    const size = get(shape, "font_size");
    const margin = isNote ? noteMargin : 0;
    const own = get(shape, "width");

    const fit = (): void => {
        const { value, style } = field.current!;
        const lines = value.split("\n");
        const width =
            own > 0
                ? own - 2 * margin
                : Math.max(size * 2, ...lines.map((line) => textWidth(line, get(shape, "font"), size))) +
                  size / 2;
        style.width = `${width}px`;
        style.height = "0";
        style.height = `${Math.max(field.current!.scrollHeight, lines.length * size * lineHeight)}px`;
    };
    const finish = (keep: boolean): void => {
        if (isOver.current) return;
        isOver.current = true;
        const text = field.current?.value ?? "";
        bench.shapes.hide(new Set());
        model.writing.value = null;
        if (keep) commit(model, writing, shape, text);
    };
    useLayoutEffect(() => {
        bench.shapes.hide(new Set<ShapeId>([shape.id]));
        fit();
        field.current!.focus();
        field.current!.select();
    }, []);
    // The page may be left with the field still open: then it is kept.
    useEffect(() => () => finish(true), []);

    const at = toScreen(model.camera.value, { x: get(shape, "x"), y: get(shape, "y") });
    const { zoom } = model.camera.value;
    const turn = (get(shape, "rotation") * 180) / Math.PI;
    return (
        <div
            class={`board-writing${isNote ? " note" : ""}`}
            style={{
                transform: `translate(${at.x}px, ${at.y}px) rotate(${turn}deg) scale(${zoom})`,
                padding: `${margin}px`,
                ...(isNote
                    ? {
                          width: `${own}px`,
                          minHeight: `${get(shape, "height")}px`,
                          background: get(shape, "fill_colour"),
                      }
                    : {}),
            }}
        >
            <textarea
                ref={field}
                aria-label={t(isNote ? "board.write-note" : "board.write-text")}
                defaultValue={get(shape, "text")}
                maxLength={isNote ? noteMost : textMost}
                spellcheck
                style={{
                    font: `${size}px/${lineHeight} ${families[get(shape, "font")]}`,
                    color: get(shape, "colour"),
                    textAlign: get(shape, "align") === "middle" ? "center" : get(shape, "align"),
                    whiteSpace: own > 0 ? "pre-wrap" : "pre",
                }}
                onInput={fit}
                onBlur={() => finish(true)}
                onKeyDown={(event) => {
                    event.stopPropagation();
                    const isDone = event.key === "Enter" && (event.ctrlKey || event.metaKey);
                    if ((event.key !== "Escape" && !isDone) || event.isComposing) return;
                    event.preventDefault();
                    const surface = field.current?.closest<HTMLElement>(".board-surface");
                    finish(true);
                    surface?.focus();
                }}
            />
        </div>
    );
}

function commit(model: BoardModel, { id, made }: Writing, shape: Shape, written: string): void {
    const text = written.replaceAll("\r", "").replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f]/g, " ");
    const { board } = model;
    const isEmpty = text.trim() === "";
    if (made !== null) {
        if (isEmpty && made.type === "text") return;
        const given: Patch = withLines(shape, { ...shape.given, text, index: board.topIndex() });
        board.change([{ kind: "put", id, type: made.type, given }]);
        model.setTool("select");
        model.choose([id]);
        announce(t(made.type === "note" ? "board.said-note" : "board.said-text"));
        return;
    }
    if (text === get(shape, "text")) return;
    if (isEmpty && shape.type === "text") board.change([{ kind: "remove", id }]);
    else board.change([{ kind: "patch", id, patch: withLines(shape, { text }) }]);
}
