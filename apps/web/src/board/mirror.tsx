// The shapes of the page as a list for screen readers and keys. Of thousands only those around the current
// one are in the document; the rest is told by number.

import { useRef } from "preact/hooks";
import type { RefObject } from "preact";
import { boundsOf, type Shape } from "@libconf/client/board";
import { t } from "../i18n/index.ts";
import { announce } from "../kit/index.ts";
import { removeChosen } from "./actions.ts";
import { useBoard, type BoardModel } from "./model.ts";
import { placeName, shapeName } from "./names.ts";

/** So many before and after the current one. */
const around = 20;
const page = 10;

export function Mirror({ surface }: { readonly surface: RefObject<HTMLElement | null> }) {
    const model = useBoard();
    const { board } = model;
    const list = useRef<HTMLUListElement>(null);
    void model.pageVersion.value;
    const shapes = board.shapes.order.filter((one) => one.type !== "group");
    const current = model.current.value;
    const at = Math.max(
        0,
        shapes.findIndex((one) => one.id === current),
    );
    const from = Math.max(0, at - around);
    const shown = shapes.slice(from, at + around + 1);
    const isHere = document.activeElement === list.current;
    const go = (to: number): void => {
        const shape = shapes[Math.max(0, Math.min(shapes.length - 1, to))];
        if (shape === undefined) return;
        model.current.value = shape.id;
        const box = boundsOf(shape, model.find);
        if (box !== null) model.bringIntoView(box);
    };
    const onKeyDown = (event: KeyboardEvent): void => {
        const step: { readonly [key: string]: number } = {
            ArrowDown: at + 1,
            ArrowUp: at - 1,
            PageDown: at + page,
            PageUp: at - page,
            Home: 0,
            End: shapes.length - 1,
        };
        const to = step[event.key];
        const shape = shapes[at];
        if (to !== undefined) go(to);
        else if (shape === undefined) return;
        else if (event.key === " ") choose(model, shape, true);
        else if (event.key === "Enter") {
            choose(model, shape, false);
            surface.current?.focus();
        } else if (event.key === "Delete") {
            model.choose([shape.id]);
            removeChosen(model);
        } else return;
        event.preventDefault();
        event.stopPropagation();
    };
    return (
        <ul
            ref={list}
            class="board-mirror"
            role="listbox"
            tabIndex={0}
            aria-multiselectable="true"
            aria-label={t("board.shapes", { count: shapes.length })}
            aria-activedescendant={isHere && shapes.length > 0 ? `shape-${shapes[at]!.id}` : undefined}
            onKeyDown={onKeyDown}
            onFocus={() => go(at)}
            onBlur={() => (model.current.value = null)}
        >
            {shapes.length === 0 && (
                <li role="option" aria-selected="false" aria-disabled="true">
                    {t("board.no-shapes")}
                </li>
            )}
            {shown.map((shape, i) => (
                <li
                    key={shape.id}
                    id={`shape-${shape.id}`}
                    class={from + i === at ? "here" : undefined}
                    role="option"
                    aria-selected={model.chosen.value.has(shape.id)}
                    aria-setsize={shapes.length}
                    aria-posinset={from + i + 1}
                >
                    {described(model, shape)}
                </li>
            ))}
        </ul>
    );
}

function described(model: BoardModel, shape: Shape): string {
    const box = boundsOf(shape, model.find);
    const name = shapeName(shape, model.board);
    if (box === null || model.isEndless.value) return name;
    const { width, height } = model.pageSize.value;
    return `${name}, ${placeName(box.x + box.width / 2, box.y + box.height / 2, width, height)}`;
}

function choose(model: BoardModel, shape: Shape, isMore: boolean): void {
    if (!model.isChoosable(shape) || !model.board.mayDraw.peek()) {
        announce(t("board.not-yours"));
        return;
    }
    if (model.tool.peek() !== "select") model.setTool("select");
    if (isMore) model.toggle(shape.id);
    else model.choose([shape.id]);
    announce(t("board.said-chosen", { count: model.chosenShapes.peek().length }));
}
