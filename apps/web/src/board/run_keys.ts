// Keys on the board: everything that a pointer does, a crosshair that the arrows move does, too.

import { seenBy, type Point } from "@libconf/client/board";
import { t } from "../i18n/index.ts";
import { announce } from "../kit/index.ts";
import { act } from "../call/act.ts";
import {
    chooseAll,
    copyChosen,
    duplicateChosen,
    groupChosen,
    growChosen,
    isLocked,
    lockChosen,
    nudgeChosen,
    redo,
    removeChosen,
    reorderChosen,
    turnChosen,
    undo,
    ungroupChosen,
} from "./actions.ts";
import { boardAction, type BoardAction } from "./keys.ts";
import { freeTools, type BoardModel } from "./model.ts";
import type { Hand } from "./surface.tsx";

/** One press of an arrow, in units; with Shift. */
export const step = 16;
export const fineStep = 1;
const turnDegrees = 15;
const panPixels = 60;

export function handleKey(model: BoardModel, event: KeyboardEvent, hand: Hand): void {
    if (event.target instanceof HTMLTextAreaElement || event.defaultPrevented) return;
    const action = boardAction(event);
    if (action === null || !isPossible(model, action)) return;
    if (run(model, action, hand)) event.preventDefault();
}

function isPossible(model: BoardModel, action: BoardAction): boolean {
    if (model.board.mayDraw.peek()) return true;
    if (action.does === "tool") return freeTools.includes(action.tool);
    return [
        "arrow",
        "zoom-in",
        "zoom-out",
        "zoom-page",
        "next-page",
        "previous-page",
        "escape",
        "press",
        "help",
    ].includes(action.does);
}

/** Whether it was ours. */
function run(model: BoardModel, action: BoardAction, hand: Hand): boolean {
    switch (action.does) {
        case "tool":
            hand.cancel();
            model.setTool(action.tool);
            announce(t(`board.tool-${action.tool}`));
            return true;
        case "arrow":
            arrow(model, action, hand);
            return true;
        case "press":
            return press(model, hand);
        case "escape":
            return escape(model, hand);
        case "undo":
            undo(model);
            return true;
        case "redo":
            redo(model);
            return true;
        case "remove":
            removeChosen(model);
            return true;
        case "all":
            chooseAll(model);
            return true;
        case "copy":
            copyChosen(model);
            return true;
        case "cut":
            copyChosen(model);
            removeChosen(model);
            return true;
        case "duplicate":
            duplicateChosen(model);
            return true;
        case "group":
            groupChosen(model);
            return true;
        case "ungroup":
            ungroupChosen(model);
            return true;
        case "lock":
            lockChosen(model, !isLocked(model));
            return true;
        case "front":
        case "forward":
        case "backward":
        case "back":
            reorderChosen(model, action.does);
            return true;
        case "zoom-in":
            model.zoomIn();
            return told(model);
        case "zoom-out":
            model.zoomOut();
            return told(model);
        case "zoom-page":
            model.zoomToPage();
            return told(model);
        case "next-page":
            act(model.step(1));
            return true;
        case "previous-page":
            act(model.step(-1));
            return true;
        case "help":
            model.isHelpOpen.value = true;
            return true;
    }
}

function told(model: BoardModel): true {
    announce(t("board.said-zoom", { percent: model.percent.peek() }));
    return true;
}

function arrow(model: BoardModel, action: BoardAction & { readonly does: "arrow" }, hand: Hand): void {
    const { x, y, how, isFine } = action;
    const by = isFine ? fineStep : step;
    if (how === "turn") return turnChosen(model, (x + y) * turnDegrees);
    if (model.tool.peek() === "select" && model.chosen.peek().size > 0) {
        if (how === "grow") growChosen(model, x * by, y * by);
        else nudgeChosen(model, x * by, y * by);
        return;
    }
    const canDraw = model.tool.peek() !== "hand" && model.board.mayDraw.peek();
    if (!canDraw && model.tool.peek() !== "laser") {
        const { zoom } = model.camera.peek();
        const camera = model.camera.peek();
        return model.look({
            ...camera,
            x: camera.x + (x * panPixels) / zoom,
            y: camera.y + (y * panPixels) / zoom,
        });
    }
    const at = model.crosshair.peek() ?? middle(model);
    const next = { x: at.x + x * by, y: at.y + y * by };
    model.crosshair.value = next;
    model.bringIntoView({ x: next.x - by, y: next.y - by, width: 2 * by, height: 2 * by });
    model.board.point({ kind: "cursor", x: next.x, y: next.y });
    hand.pull(next);
}

function press(model: BoardModel, hand: Hand): boolean {
    const tool = model.tool.peek();
    if (tool === "hand") return false;
    const at = model.crosshair.peek() ?? middle(model);
    model.crosshair.value = at;
    const wasBusy = hand.isBusy;
    hand.press(at);
    if (!wasBusy && hand.isBusy && tool !== "select") announce(t("board.said-begun"));
    if (wasBusy) announce(t("board.said-done"));
    // A click is enough for what is not drawn.
    if (hand.isBusy && (tool === "text" || tool === "note" || tool === "stamp" || tool === "select"))
        hand.press(at);
    return true;
}

/** What is under way, then what is chosen, then the crosshair; then it is for others. */
function escape(model: BoardModel, hand: Hand): boolean {
    if (hand.isBusy) {
        hand.cancel();
        announce(t("board.said-cancelled"));
        return true;
    }
    if (model.chosen.peek().size > 0) {
        model.choose([]);
        return true;
    }
    if (model.crosshair.peek() !== null) {
        model.crosshair.value = null;
        return true;
    }
    return false;
}

function middle(model: BoardModel): Point {
    const seen = seenBy(model.camera.peek(), model.screen.peek());
    return { x: Math.round(seen.x + seen.width / 2), y: Math.round(seen.y + seen.height / 2) };
}
