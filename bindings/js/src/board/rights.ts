// What we may do with a shape: section 9 of the protocol. The server decides; this is for what is offered.

import type { Role } from "../protocol/types.ts";
import { get } from "./properties.ts";
import type { Shape } from "./types.ts";

export interface Rights {
    readonly role: Role;
    /** Our author number. */
    readonly you: number;
    /** We may draw on this page now. */
    readonly draws: boolean;
}

/** Properties of it; a locked one takes being unlocked alone. */
export function mayPatch(shape: Shape, { role, you, draws }: Rights): boolean {
    return role === "moderator" || (draws && shape.author === you);
}

export function mayRemove(shape: Shape, rights: Rights): boolean {
    if (get(shape, "locked")) return false;
    return mayPatch(shape, rights) || (rights.role === "presenter" && rights.draws);
}
