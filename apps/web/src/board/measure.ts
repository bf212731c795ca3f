// How wide texts are in this browser, so that lines are broken where their writer saw them break.

import {
    brokenLines,
    get,
    lineHeight,
    noteMargin,
    patched,
    type Font,
    type Patch,
    type Shape,
} from "@libconf/client/board";
import { families } from "./paint.ts";

let pen: CanvasRenderingContext2D | null | undefined;

/** In units, at that size; where nothing can measure (a test), a letter counts 0.6. */
export function textWidth(text: string, font: Font, size: number): number {
    pen ??= document.createElement("canvas").getContext("2d");
    if (pen === null) return text.length * 0.6 * size;
    // At a fixed size: what a font does at small sizes is not the same everywhere.
    pen.font = `100px ${families[font]}`;
    return (pen.measureText(text).width * size) / 100;
}

/** What a text or note has besides its text: its lines, and the height that they need. */
export function withLines(shape: Shape, patch: Patch): Patch {
    if (shape.type !== "text" && shape.type !== "note") return patch;
    const next: Shape = { ...shape, given: patched(shape.given, patch) };
    const text = get(next, "text");
    const size = get(next, "font_size");
    const margin = shape.type === "note" ? noteMargin : 0;
    const width = get(next, "width") - 2 * margin;
    if (text === "" || width <= 0) return { ...patch, lines: null };
    const lines = brokenLines(text, width, (line) => textWidth(line, get(next, "font"), size));
    const needed = 2 * margin + lines.length * lineHeight * size;
    const isTooLow = shape.type === "note" && needed > get(next, "height");
    return {
        ...patch,
        lines: lines.join("\n"),
        ...(isTooLow ? { height: Math.ceil(needed * 16) / 16 } : {}),
    };
}
