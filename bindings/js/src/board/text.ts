// How texts are broken into lines, where their writer's program has not said so, and how large they are.

import type { Size } from "./geometry.ts";
import { get } from "./properties.ts";
import type { Shape } from "./types.ts";

/** Lines are so many font sizes apart. */
export const lineHeight = 1.25;
/** Notes keep so much free on each side. */
export const noteMargin = 16;

/** A character counts so many font sizes: wide ones of the East count whole. */
export function countedWidth(text: string): number {
    let width = 0;
    for (const letter of text) width += letter.codePointAt(0)! >= 0x1100 ? 1 : 0.6;
    return width;
}

/** Each line is broken at its last space within `width` font sizes, or, with none, in a word; 0: nowhere. */
export function brokenLines(text: string, width: number, measure = countedWidth): readonly string[] {
    const lines = text.split("\n");
    return width <= 0 ? lines : lines.flatMap((line) => brokenLine(line, width, measure));
}

function brokenLine(line: string, width: number, measure: (text: string) => number): string[] {
    const out: string[] = [];
    let rest = [...line];
    if (rest.length === 0) return [line];
    while (rest.length > 0) {
        const end = breakAt(rest, width, measure);
        out.push(rest.slice(0, end).join(""));
        rest = rest.slice(end);
        while (rest[0] === " ") rest.shift();
    }
    return out;
}

/** How many letters go on a line: up to its last space that fits, else as many as fit, one at least. */
function breakAt(line: readonly string[], width: number, measure: (text: string) => number): number {
    let space = 0;
    for (let at = 0; at < line.length; at += 1) {
        // A space may hang over the edge.
        if (line[at] === " ") space = at;
        else if (measure(line.slice(0, at + 1).join("")) > width + 1e-9)
            return space > 0 ? space : Math.max(1, at);
    }
    return line.length;
}

/** Whether its first letter is of a script that is written from right to left. */
export function runsLeftwards(line: string): boolean {
    for (const letter of line) {
        const c = letter.codePointAt(0)!;
        const within = (first: number, last: number): boolean => c >= first && c <= last;
        const isLeftwards =
            within(0x590, 0x8ff) ||
            within(0xfb1d, 0xfdff) ||
            within(0xfe70, 0xfeff) ||
            within(0x10800, 0x10fff) ||
            within(0x1e800, 0x1efff);
        if (isLeftwards) return true;
        const isLetter =
            within(0x41, 0x5a) ||
            within(0x61, 0x7a) ||
            within(0xc0, 0x58f) ||
            within(0x900, 0x1fff) ||
            within(0x2e80, 0xd7ff);
        if (isLetter) return false;
    }
    return false;
}

/** What is painted, line by line. */
export function linesOf(shape: Shape): readonly string[] {
    const lines = get(shape, "lines");
    if (lines !== null) return lines.split("\n");
    const width = get(shape, "width") - (shape.type === "note" ? 2 * noteMargin : 0);
    return brokenLines(get(shape, "text"), width / get(shape, "font_size"));
}

/** Of a text; without a width of its own it is as wide as its lines. */
export function textSize(shape: Shape): Size {
    const size = get(shape, "font_size");
    const lines = linesOf(shape);
    const own = get(shape, "width");
    const width = own > 0 ? own : Math.max(0.6, ...lines.map(countedWidth)) * size;
    return { width, height: lines.length * lineHeight * size };
}
