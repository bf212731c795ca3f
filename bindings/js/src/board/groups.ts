// Shapes that belong together: who chooses one has all of them.

import { get } from "./properties.ts";
import type { FindShape } from "./shape_geometry.ts";
import type { Op, Shape, ShapeId } from "./types.ts";

/** How deep a group may lie in groups. */
export const depthMost = 8;

/** The outermost group of a shape; null: it is in none. */
export function groupOf(shape: Shape, find: FindShape): ShapeId | null {
    let outermost: ShapeId | null = null;
    let at: Shape | undefined = shape;
    for (let depth = 0; at !== undefined && depth <= depthMost; depth += 1) {
        const parent: ShapeId | null = get(at, "parent");
        at = parent === null ? undefined : find(parent);
        if (at?.type === "group") outermost = at.id;
    }
    return outermost;
}

/** The frame in which it lies, whose edge clips it; null: none. */
export function frameOf(shape: Shape, find: FindShape): Shape | null {
    let at: Shape | undefined = shape;
    for (let depth = 0; at !== undefined && depth <= depthMost; depth += 1) {
        const parent: ShapeId | null = get(at, "parent");
        at = parent === null ? undefined : find(parent);
        if (at?.type === "frame") return at;
    }
    return null;
}

/** These, and all that belongs to the same groups; groups themselves as well. */
export function withGroups(
    ids: Iterable<ShapeId>,
    order: readonly Shape[],
    find: FindShape,
): ReadonlySet<ShapeId> {
    const groups = new Set<ShapeId>();
    const all = new Set<ShapeId>();
    for (const id of ids) {
        const shape = find(id);
        if (shape === undefined) continue;
        all.add(id);
        const group = shape.type === "group" ? (groupOf(shape, find) ?? shape.id) : groupOf(shape, find);
        if (group !== null) groups.add(group);
    }
    if (groups.size === 0) return all;
    for (const shape of order) {
        const group = groupOf(shape, find);
        if (groups.has(shape.id) || (group !== null && groups.has(group))) all.add(shape.id);
    }
    return all;
}

/** One list for each group, and one for each shape that is in none. */
export function units(shapes: readonly Shape[], find: FindShape): readonly (readonly Shape[])[] {
    const byKey = new Map<ShapeId, Shape[]>();
    for (const shape of shapes) {
        const key = groupOf(shape, find) ?? shape.id;
        const unit = byKey.get(key);
        if (unit === undefined) byKey.set(key, [shape]);
        else unit.push(shape);
    }
    return [...byKey.values()];
}

/** They become one. */
export function grouped(
    shapes: readonly Shape[],
    id: ShapeId,
    index: string,
    find: FindShape,
): readonly Op[] {
    const members = new Set<ShapeId>();
    for (const shape of shapes) members.add(groupOf(shape, find) ?? shape.id);
    if (members.size < 2) return [];
    return [
        { kind: "put", id, type: "group", given: { index } },
        ...[...members].map((one): Op => ({ kind: "patch", id: one, patch: { parent: id } })),
    ];
}

/** Their outermost groups are gone; what was in them stays where it is. */
export function ungrouped(shapes: readonly Shape[], order: readonly Shape[], find: FindShape): readonly Op[] {
    const groups = new Set(shapes.map((one) => groupOf(one, find)).filter((one) => one !== null));
    const members = order.filter((one) => groups.has(get(one, "parent") ?? ""));
    return [
        ...members.map((one): Op => ({ kind: "patch", id: one.id, patch: { parent: null } })),
        ...[...groups].map((id): Op => ({ kind: "remove", id })),
    ];
}
