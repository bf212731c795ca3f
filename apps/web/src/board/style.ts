// What the next shape will look like: remembered by this browser.

import { effect, signal, type Signal } from "@preact/signals";
import {
    aligns,
    dashes,
    figures,
    fills,
    fonts,
    heads,
    stamps,
    type Align,
    type Dash,
    type Figure,
    type Fill,
    type Font,
    type Head,
    type Patch,
    type ShapeType,
    type Stamp,
} from "@libconf/client/board";

/** Each has a name in the words of the board: `colour-…`. */
export const colours = {
    black: "#1d1d1f",
    grey: "#6b7280",
    blue: "#1565d8",
    green: "#0b7a4b",
    orange: "#d97706",
    red: "#d1242f",
    violet: "#7c3aed",
    white: "#ffffff",
} as const;

/** Behind text, for notes, fills and the highlighter. */
export const paleColours = {
    yellow: "#ffe58a",
    green: "#b9ecc4",
    blue: "#bfdcff",
    pink: "#ffc9de",
    violet: "#ddd0ff",
    white: "#ffffff",
} as const;

export const markerColours = {
    yellow: "#ffd60a",
    green: "#57d98a",
    blue: "#5fb4ff",
    pink: "#ff7eb6",
    orange: "#ff9f43",
} as const;

export const widths = [2, 4, 8, 16] as const;
export const markerWidths = [16, 28, 44] as const;
export const fontSizes = [20, 32, 48, 72] as const;
export const eraserSizes = [8, 20, 40] as const;

const key = "libconf.board";

function read(): { readonly [name: string]: unknown } {
    try {
        return (JSON.parse(localStorage.getItem(key) ?? "null") ?? {}) as {
            readonly [name: string]: unknown;
        };
    } catch {
        // Not ours, or storage is forbidden.
        return {};
    }
}

const saved = read();
const isColour = (value: unknown): boolean => typeof value === "string" && /^#[0-9a-f]{6}$/.test(value);
const within = (low: number, high: number) => (value: unknown) =>
    typeof value === "number" && value >= low && value <= high;

function kept<T>(name: string, otherwise: T, fits: (value: unknown) => boolean): Signal<T> {
    return signal(fits(saved[name]) ? (saved[name] as T) : otherwise);
}

function oneOf<T extends string>(name: string, otherwise: T, all: readonly T[]): Signal<T> {
    return kept(name, otherwise, (value) => all.includes(value as T));
}

export const style = {
    colour: kept<string>("colour", colours.red, isColour),
    width: kept<number>("width", 4, within(1, 64)),
    marker: kept<string>("marker", markerColours.yellow, isColour),
    markerWidth: kept<number>("markerWidth", 28, within(8, 128)),
    fill: oneOf<Fill>("fill", "none", fills),
    fillColour: kept<string>("fillColour", paleColours.yellow, isColour),
    noteColour: kept<string>("noteColour", paleColours.yellow, isColour),
    dash: oneOf<Dash>("dash", "solid", dashes),
    opacity: kept<number>("opacity", 100, within(10, 100)),
    font: oneOf<Font>("font", "sans", fonts),
    fontSize: kept<number>("fontSize", 32, within(8, 256)),
    align: oneOf<Align>("align", "start", aligns),
    figure: oneOf<Figure>("figure", "triangle", figures),
    stamp: oneOf<Stamp>("stamp", "check", stamps),
    startHead: oneOf<Head>("startHead", "none", heads),
    endHead: oneOf<Head>("endHead", "arrow", heads),
    /** The eraser takes whole shapes, or what it touches. */
    eraseWhole: kept<boolean>("eraseWhole", true, (value) => typeof value === "boolean"),
    eraserSize: kept<number>("eraserSize", 20, within(2, 200)),
};

/** Until the function that is returned is called. */
export function keepStyle(): () => void {
    return effect(() => {
        const values = Object.fromEntries(Object.entries(style).map(([name, one]) => [name, one.value]));
        try {
            localStorage.setItem(key, JSON.stringify(values));
        } catch {
            // Full or forbidden: it is remembered as long as the page is open.
        }
    });
}

/** What a new shape of that type has. */
export function styleOf(type: ShapeType): Patch {
    const line: Patch = {
        colour: style.colour.value,
        stroke_width: style.width.value,
        opacity: style.opacity.value,
    };
    switch (type) {
        case "pen":
            return line;
        case "highlighter":
            return {
                colour: style.marker.value,
                stroke_width: style.markerWidth.value,
                opacity: style.opacity.value,
            };
        case "rectangle":
        case "ellipse":
        case "polygon":
            return {
                ...line,
                dash: style.dash.value,
                fill: style.fill.value,
                ...(style.fill.value === "none" ? {} : { fill_colour: style.fillColour.value }),
                ...(type === "polygon" ? { figure: style.figure.value } : {}),
            };
        case "line":
            return { ...line, dash: style.dash.value };
        case "arrow":
            return {
                ...line,
                dash: style.dash.value,
                start_head: style.startHead.value,
                end_head: style.endHead.value,
            };
        case "text":
            return {
                colour: style.colour.value,
                opacity: style.opacity.value,
                font: style.font.value,
                font_size: style.fontSize.value,
            };
        case "note":
            return {
                fill_colour: style.noteColour.value,
                font: style.font.value,
                font_size: Math.min(32, style.fontSize.value),
                align: style.align.value,
            };
        case "stamp":
            return { colour: style.colour.value, opacity: style.opacity.value, stamp: style.stamp.value };
        default:
            return {};
    }
}
