// What is done to what is chosen: by buttons, by the menu and by keys alike.

import {
    aligned,
    boundsOfAll,
    duplicated,
    fittingProperties,
    get,
    grouped,
    groupOf,
    movedBy,
    orderBetween,
    reordered,
    resized,
    turnedBy,
    ungrouped,
    units,
    type Alignment,
    type Op,
    type Patch,
    type Reorder,
    type Shape,
    type ShapeId,
} from "@libconf/client/board";
import { t } from "../i18n/index.ts";
import { announce } from "../kit/index.ts";
import { act } from "../call/act.ts";
import type { BoardModel } from "./model.ts";

/** Removes what may be removed. */
export function removeChosen(model: BoardModel): void {
    const shapes = model.chosenShapes.peek().filter((one) => model.mayRemove(one));
    if (shapes.length === 0) return;
    model.board.change(shapes.map((one): Op => ({ kind: "remove", id: one.id })));
    model.choose([]);
    announce(t("board.said-removed", { count: shapes.length }));
}

export function duplicateChosen(model: BoardModel): void {
    const order = model.board.shapes.order.filter((one) => model.chosen.peek().has(one.id));
    put(model, order);
}

function put(model: BoardModel, shapes: readonly Shape[]): void {
    if (shapes.length === 0 || !model.board.mayDraw.peek()) return;
    const ops = duplicated(shapes, () => model.board.newId(), model.board.shapes.topIndex());
    model.board.change(ops);
    model.choose(ops.map((op) => op.id));
    announce(t("board.said-duplicated", { count: ops.length }));
}

/** What was copied, in this window. */
let copied: readonly Shape[] = [];

export function copyChosen(model: BoardModel): void {
    copied = model.board.shapes.order.filter((one) => model.chosen.peek().has(one.id));
    if (copied.length > 0) announce(t("board.said-copied", { count: copied.length }));
}

export function pasteCopied(model: BoardModel): boolean {
    put(model, copied);
    return copied.length > 0;
}

export function chooseAll(model: BoardModel): void {
    const all = model.board.shapes.order.filter((one) => model.isChoosable(one) && model.mayPatch(one));
    model.setTool("select");
    model.choose(all.map((one) => one.id));
    announce(t("board.said-chosen", { count: model.chosenShapes.peek().length }));
}

export function groupChosen(model: BoardModel): void {
    const id = model.board.newId();
    const ops = grouped(model.changeable(), id, model.board.topIndex(), model.find);
    if (ops.length === 0) return;
    model.board.change(ops);
    model.choose(model.chosen.peek());
    announce(t("board.said-grouped"));
}

export function ungroupChosen(model: BoardModel): void {
    const ops = ungrouped(model.changeable(), model.board.shapes.order, model.find);
    if (ops.length === 0) return;
    model.board.change(ops);
    announce(t("board.said-ungrouped"));
}

export const isGrouped = (model: BoardModel): boolean =>
    model.chosenShapes.value.some((one) => groupOf(one, model.find) !== null);

export const isLocked = (model: BoardModel): boolean =>
    model.chosenShapes.value.length > 0 && model.chosenShapes.value.every((one) => get(one, "locked"));

export function lockChosen(model: BoardModel, on: boolean): void {
    const shapes = model.chosenShapes.peek().filter((one) => model.mayPatch(one));
    model.board.change(shapes.map((one): Op => ({ kind: "patch", id: one.id, patch: { locked: on } })));
    announce(t(on ? "board.said-locked" : "board.said-unlocked", { count: shapes.length }));
}

export function reorderChosen(model: BoardModel, how: Reorder): void {
    const may = new Set(model.changeable().map((one) => one.id));
    model.board.change(reordered(model.board.shapes.order, may, how));
    announce(t(`board.order-${how}`));
}

export function alignChosen(model: BoardModel, how: Alignment): void {
    model.board.change(aligned(units(model.changeable(), model.find), how, model.find));
}

/** By keys: each press is a change of its own. */
export function nudgeChosen(model: BoardModel, dx: number, dy: number): void {
    model.board.change(movedBy(model.changeable(), dx, dy));
    const box = model.chosenBox.peek();
    if (box === null) return;
    model.bringIntoView(box);
    announce(t("board.said-at", { x: Math.round(box.x), y: Math.round(box.y) }));
}

export function growChosen(model: BoardModel, dx: number, dy: number): void {
    const shapes = model.changeable();
    const box = boundsOfAll(shapes, model.find);
    if (box === null) return;
    const to = { ...box, width: Math.max(8, box.width + dx), height: Math.max(8, box.height + dy) };
    model.board.change(resized(shapes, box, to));
    announce(t("board.said-size", { width: Math.round(to.width), height: Math.round(to.height) }));
}

export function turnChosen(model: BoardModel, degrees: number): void {
    const box = model.chosenBox.peek();
    if (box === null) return;
    const center = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    model.board.change(turnedBy(model.changeable(), center, (degrees * Math.PI) / 180));
    announce(t("board.said-turned", { degrees }));
}

/** What of that style those shapes have. */
export function restyleChosen(model: BoardModel, patch: Patch): void {
    const ops = model.changeable().flatMap((one): readonly Op[] => {
        const fits = fittingProperties(one.type, patch);
        return Object.keys(fits).length === 0 ? [] : [{ kind: "patch", id: one.id, patch: fits }];
    });
    model.board.change(ops);
}

export function undo(model: BoardModel): void {
    act(
        model.board
            .undo()
            .then((changed) => announce(t(changed > 0 ? "board.said-undone" : "board.nothing-to-undo"))),
    );
}

export function redo(model: BoardModel): void {
    act(
        model.board
            .redo()
            .then((changed) => announce(t(changed > 0 ? "board.said-redone" : "board.nothing-to-redo"))),
    );
}

/** Puts it above all, and chooses it. */
export function putShape(model: BoardModel, type: Shape["type"], given: Patch): ShapeId {
    const id = model.board.newId();
    const index = orderBetween(model.board.shapes.topIndex(), null);
    model.board.change([{ kind: "put", id, type, given: { ...given, index } }]);
    return id;
}
