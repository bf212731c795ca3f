// The one rule by which a page changes: live, after a late arrival and in a replay. The server has the same
// in C++.

import { patched } from "./properties.ts";
import type { Op, Shape } from "./types.ts";

/** Who did it, when, and as which change of the room. */
export interface Stamped {
    readonly author: number;
    readonly time: number;
    readonly sequence: number;
}

/** What becomes of one shape; undefined: it is not there. */
export function reduceShape(shape: Shape | undefined, op: Op, by: Stamped): Shape | undefined {
    switch (op.kind) {
        case "put":
            return (
                shape ?? {
                    id: op.id,
                    type: op.type,
                    author: by.author,
                    lastAuthor: by.author,
                    created: by.time,
                    updated: by.time,
                    version: by.sequence,
                    given: patched({}, op.given),
                }
            );
        case "patch":
            return shape === undefined ? undefined : touched(shape, patched(shape.given, op.patch), by);
        case "remove":
            return undefined;
        case "restore":
            return shape ?? { ...op.shape, version: by.sequence };
    }
}

function touched(shape: Shape, given: Shape["given"], by: Stamped): Shape {
    const updated = Math.max(by.time, shape.created);
    return { ...shape, given, lastAuthor: by.author, updated, version: by.sequence };
}
