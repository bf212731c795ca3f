// What lies on a board, as plain data. Names of properties are those of the protocol
// (libconf/whiteboard/PROTOCOL.md), so that a shape here, in the API and in a recording reads the same.
// Lengths are in units: a page is 1440 units wide.

import type { PersonId } from "../protocol/types.ts";
import type { Box } from "./geometry.ts";
import type { Points } from "./points.ts";

declare const brand: unique symbol;

/** 16 hexadecimal digits: made by whoever makes the shape. */
export type ShapeId = string & { readonly [brand]?: "shape" };

export const shapeTypes = [
    "pen",
    "highlighter",
    "rectangle",
    "ellipse",
    "polygon",
    "line",
    "arrow",
    "text",
    "note",
    "stamp",
    "image",
    "group",
    "frame",
] as const;
export type ShapeType = (typeof shapeTypes)[number];

export const dashes = ["solid", "dashed", "dotted"] as const;
export const fills = ["none", "half", "solid"] as const;
export const fonts = ["sans", "serif", "mono"] as const;
export const aligns = ["start", "middle", "end"] as const;
export const heads = ["none", "arrow", "triangle", "dot", "bar"] as const;
export const stamps = [
    "check",
    "cross",
    "star",
    "heart",
    "question",
    "exclamation",
    "plus",
    "minus",
] as const;
export const figures = [
    "diamond",
    "triangle",
    "trapezoid",
    "rhombus",
    "pentagon",
    "hexagon",
    "octagon",
    "star",
    "arrow_left",
    "arrow_right",
    "arrow_up",
    "arrow_down",
    "cross_box",
    "check_box",
    "cloud",
] as const;

export type Dash = (typeof dashes)[number];
export type Fill = (typeof fills)[number];
export type Font = (typeof fonts)[number];
export type Align = (typeof aligns)[number];
export type Head = (typeof heads)[number];
export type Stamp = (typeof stamps)[number];
export type Figure = (typeof figures)[number];

/** Where an end of an arrow is bound: in the box of another shape, 0 to 1024 across and down. */
export interface Binding {
    readonly shape: ShapeId;
    readonly x: number;
    readonly y: number;
}

export interface Properties {
    readonly index: string;
    readonly parent: ShapeId | null;
    readonly locked: boolean;
    readonly x: number;
    readonly y: number;
    /** Radians, clockwise, about (x, y). */
    readonly rotation: number;
    readonly width: number;
    readonly height: number;
    readonly colour: string;
    readonly stroke_width: number;
    readonly dash: Dash;
    readonly fill: Fill;
    readonly fill_colour: string;
    /** Per cent. */
    readonly opacity: number;
    readonly points: Points | null;
    readonly text: string;
    /** The text as its writer's program broke it into lines. */
    readonly lines: string | null;
    readonly font: Font;
    readonly font_size: number;
    readonly align: Align;
    readonly figure: Figure;
    readonly start_head: Head;
    readonly end_head: Head;
    readonly start_binding: Binding | null;
    readonly end_binding: Binding | null;
    readonly asset: string | null;
    readonly stamp: Stamp;
    readonly title: string;
    readonly radius: number;
    readonly meta: Uint8Array | null;
}

export type PropertyName = keyof Properties;

/** Only those that are not at their default. */
export type Given = { readonly [name in PropertyName]?: Properties[name] };

/** Those that a change sets; null: back to the default. */
export type Patch = { readonly [name in PropertyName]?: Properties[name] | null };

/** Immutable: a change makes a new one. */
export interface Shape {
    readonly id: ShapeId;
    readonly type: ShapeType;
    /** Numbers of authors. */
    readonly author: number;
    readonly lastAuthor: number;
    /** Milliseconds since 1970, by the server's clock. */
    readonly created: number;
    readonly updated: number;
    /** The sequence of its last change. */
    readonly version: number;
    readonly given: Given;
}

export type Op =
    | { readonly kind: "put"; readonly id: ShapeId; readonly type: ShapeType; readonly given: Patch }
    | { readonly kind: "patch"; readonly id: ShapeId; readonly patch: Patch }
    | { readonly kind: "remove"; readonly id: ShapeId }
    /** From the server only: one that was removed is back as it was. */
    | { readonly kind: "restore"; readonly id: ShapeId; readonly shape: Shape };

/** Which page of which document. */
export interface PageRef {
    readonly document: number;
    readonly page: number;
}

export interface Stage extends Partial<PageRef> {
    /** Whom the others follow. */
    readonly leader?: PersonId;
    /** What the leader sees. */
    readonly view?: Box;
}

export type DrawMode = "presenter" | "writers" | "everybody";

export interface Rules {
    readonly mode: DrawMode;
    readonly writers: readonly PersonId[];
    /** Whether viewers' cursors are shown. */
    readonly cursors: boolean;
}

export interface Author {
    readonly number: number;
    readonly id: PersonId;
    readonly name: string;
}

export interface Page {
    readonly number: number;
    readonly width: number;
    /** 0: without end. */
    readonly height: number;
    readonly locked: boolean;
    /** Paths on the server. */
    readonly background?: string;
    readonly thumbnail?: string;
    readonly text?: string;
    /** False: it is still being converted. */
    readonly ready: boolean;
}

export interface DocumentProblem {
    readonly code: string;
    readonly message: string;
    readonly page?: number;
}

export interface BoardDocument {
    readonly number: number;
    readonly kind: "file" | "blank" | "infinite";
    readonly title: string;
    readonly owner?: PersonId;
    readonly downloadable: boolean;
    readonly state: "uploading" | "converting" | "ready" | "failed";
    readonly progress?: { readonly done: number; readonly of: number };
    readonly error?: DocumentProblem;
    readonly pages: readonly Page[];
}

export type ExportFormat = "pdf" | "png" | "svg" | "excalidraw" | "original";
