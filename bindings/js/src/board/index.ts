// The public names of @libconf/client/board: a part of its own, so that who shows no board does not load one.

export { Board, pointerEveryMs, type BoardClient, type BoardEvents, type BoardOptions } from "./board.ts";
export { parts, quantised, UnreadableError } from "./bytes.ts";
export * from "./camera.ts";
export { wiped, wipeOps, type Wipe } from "./erase.ts";
export type { DiscardReason, PointerOf } from "./frames.ts";
export * from "./geometry.ts";
export { frameOf, grouped, groupOf, ungrouped, units, withGroups } from "./groups.ts";
export type { LiveStroke, OwnStroke } from "./live.ts";
export { isOrderKey, orderBetween, ordersBetween } from "./order.ts";
export { outlineOf, outlinePath, strokePath, type Outline } from "./outline.ts";
export type { PageStore } from "./page_store.ts";
export { pointCount, pointsMost, pointsOf, type Points } from "./points.ts";
export { defaults, fitting as fittingProperties, get, has, paintOrder, patched } from "./properties.ts";
export { mayPatch, mayRemove, type Rights } from "./rights.ts";
export * from "./shape_geometry.ts";
export {
    brokenLines,
    countedWidth,
    lineHeight,
    linesOf,
    noteMargin,
    runsLeftwards,
    textSize,
} from "./text.ts";
export * from "./transform.ts";
export * from "./types.ts";
