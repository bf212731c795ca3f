import type { Locks, Role } from "../protocol/types.ts";
import type { Permissions } from "./types.ts";

const nothing: Permissions = {
    microphone: false,
    camera: false,
    screen: false,
    chat: false,
    privateChat: false,
    moderate: false,
    rename: false,
};

/** Section 8 of the protocol as a table; null: not inside. Locks bind viewers only. */
export function permissionsOf(role: Role | null, locks: Locks | null, namedByToken: boolean): Permissions {
    if (role === null || locks === null) return nothing;
    const free = role !== "viewer";
    return {
        microphone: free || !locks.microphone,
        camera: free || !locks.camera,
        screen: free || !locks.screen,
        chat: free || !locks.chat,
        privateChat: free || !locks.private_chat,
        moderate: role === "moderator",
        rename: !namedByToken,
    };
}
