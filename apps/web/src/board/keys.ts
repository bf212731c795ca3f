// The keys of the board: they work while the focus is on it, and before those of the call.

import type { ToolName } from "./model.ts";

export type BoardAction =
    | { readonly does: "tool"; readonly tool: ToolName }
    | {
          readonly does: "arrow";
          readonly x: number;
          readonly y: number;
          readonly how: "move" | "grow" | "turn";
          readonly isFine: boolean;
      }
    | {
          readonly does:
              | "undo"
              | "redo"
              | "remove"
              | "all"
              | "copy"
              | "cut"
              | "duplicate"
              | "group"
              | "ungroup"
              | "lock"
              | "front"
              | "forward"
              | "backward"
              | "back"
              | "zoom-in"
              | "zoom-out"
              | "zoom-page"
              | "next-page"
              | "previous-page"
              | "escape"
              | "press"
              | "help";
      };

export interface BoardPress {
    readonly key: string;
    readonly ctrlKey: boolean;
    readonly metaKey: boolean;
    readonly shiftKey: boolean;
    readonly altKey: boolean;
}

export const toolKeys: { readonly [tool in ToolName]: string } = {
    select: "1",
    hand: "2",
    pen: "3",
    highlighter: "4",
    eraser: "5",
    line: "6",
    arrow: "7",
    rectangle: "8",
    ellipse: "9",
    text: "0",
    polygon: "o",
    note: "i",
    stamp: "x",
    laser: "l",
};

const arrows: { readonly [key: string]: readonly [number, number] } = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
};

const plain: { readonly [key: string]: Exclude<BoardAction["does"], "tool" | "arrow"> } = {
    Delete: "remove",
    Backspace: "remove",
    d: "duplicate",
    k: "lock",
    "]": "forward",
    "[": "backward",
    "}": "front",
    "{": "back",
    "+": "zoom-in",
    "=": "zoom-in",
    "-": "zoom-out",
    w: "zoom-page",
    PageDown: "next-page",
    PageUp: "previous-page",
    Escape: "escape",
    Enter: "press",
    " ": "press",
    "?": "help",
};

const withControl: { readonly [key: string]: Exclude<BoardAction["does"], "tool" | "arrow"> } = {
    z: "undo",
    y: "redo",
    a: "all",
    c: "copy",
    x: "cut",
    g: "group",
};

/** What that press does on the board; null: nothing, it is left to others. */
export function boardAction(press: BoardPress): BoardAction | null {
    const control = press.ctrlKey || press.metaKey;
    const direction = arrows[press.key];
    if (direction !== undefined) {
        const how = control ? "turn" : press.altKey ? "grow" : "move";
        return { does: "arrow", x: direction[0], y: direction[1], how, isFine: press.shiftKey };
    }
    if (press.altKey) return null;
    const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
    if (control) {
        const does = withControl[key];
        if (does === undefined) return null;
        if (press.shiftKey)
            return does === "undo" ? { does: "redo" } : does === "group" ? { does: "ungroup" } : null;
        return { does };
    }
    const does = plain[key];
    if (does !== undefined) return { does };
    const tool = (Object.keys(toolKeys) as ToolName[]).find((one) => toolKeys[one] === key);
    return tool === undefined ? null : { does: "tool", tool };
}

/** For the list of keys: what is pressed, and the name of what it does. */
export const listedKeys: readonly (readonly [keys: string, action: string])[] = [
    ["Ctrl+Z", "undo"],
    ["Ctrl+Shift+Z", "redo"],
    ["←↑↓→", "arrows"],
    ["Alt+←↑↓→", "grow"],
    ["Ctrl+← →", "turn"],
    ["Enter", "press"],
    ["Esc", "escape"],
    ["Del", "remove"],
    ["D", "duplicate"],
    ["Ctrl+C, Ctrl+X, Ctrl+V", "copy"],
    ["Ctrl+A", "all"],
    ["Ctrl+G", "group"],
    ["Ctrl+Shift+G", "ungroup"],
    ["K", "lock"],
    ["[ ]", "order"],
    ["+ −", "zoom"],
    ["W", "zoom-page"],
    ["PgDn, PgUp", "pages"],
];
