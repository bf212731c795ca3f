// What a tool is: a gesture on the page from begin to end, by pointer or by keys.

import type { Signal } from "@preact/signals";
import type { Box, Camera, Point } from "@libconf/client/board";
import type { InkLayer } from "../ink.ts";
import type { ShapeLayer } from "../layer.ts";
import type { BoardModel } from "../model.ts";
import type { LaserTrail } from "../laser.ts";

/** Where a pointer is, in units of the page. */
export interface Sample extends Point {
    /** 0 to 1; null: it does not know. */
    readonly pressure: number | null;
    readonly time: number;
}

export interface Modifiers {
    /** Straight, square, in steps of 15 degrees; more of the same. */
    readonly shift: boolean;
    /** From the middle; of a group only one. */
    readonly alt: boolean;
}

/** What tools work with. */
export interface Bench {
    readonly model: BoardModel;
    readonly shapes: ShapeLayer;
    readonly ink: InkLayer;
    readonly laser: LaserTrail;
    /** The box that is being drawn to choose what lies in it. */
    readonly marquee: Signal<Box | null>;
    /** So many units are this many pixels. */
    units(pixels: number): number;
}

export interface Gesture {
    /** What came since the last call, at least one; `predicted`: what may come next. */
    move(samples: readonly Sample[], modifiers: Modifiers, predicted: readonly Sample[]): void;
    end(modifiers: Modifiers): void;
    cancel(): void;
}

export interface Tool {
    /** Null: nothing begins here. */
    begin(bench: Bench, at: Sample, modifiers: Modifiers): Gesture | null;
}

export const unitsOf = (camera: Camera, pixels: number): number => pixels / camera.zoom;

/** A drag that is shorter, in pixels, is a click. */
export const clickPixels = 4;
/** While something is dragged others see it move ten times a second. */
export const dragEveryMs = 100;
