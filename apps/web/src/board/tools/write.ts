// Texts and notes: a click says where, then they are written.

import { quantised } from "@libconf/client/board";
import type { Gesture, Tool } from "./tool.ts";

export const noteSize = 240;

export function writeTool(type: "text" | "note"): Tool {
    return {
        begin: ({ model }, at): Gesture | null => {
            if (!model.board.mayDraw.peek()) return null;
            // A click beside the text that is written ends it, and begins no other.
            if (model.writing.peek() !== null) return null;
            return {
                move: () => undefined,
                cancel: () => undefined,
                end: () => {
                    const half = type === "note" ? noteSize / 2 : 0;
                    const place = { x: quantised(at.x - half), y: quantised(at.y - half) };
                    model.writing.value = { id: model.board.newId(), made: { type, at: place } };
                },
            };
        },
    };
}
