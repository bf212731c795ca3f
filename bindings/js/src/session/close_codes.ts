import type { EndReason, LostWhy } from "./types.ts";

export type ClosedBecause =
    | { readonly final: true; readonly reason: EndReason }
    | { readonly final: false; readonly why: LostWhy };

/** What the end of a connection means: over, or to be resumed. */
export function readCloseCode(code: number): ClosedBecause {
    switch (code) {
        case 1000:
            return { final: true, reason: "left" };
        case 1008:
            return { final: true, reason: "dismissed" };
        case 4001:
            return { final: true, reason: "removed" };
        case 4002:
            return { final: true, reason: "banned" };
        case 4003:
            return { final: true, reason: "ended" };
        case 4004:
            return { final: true, reason: "replaced" };
        case 4005:
            return { final: true, reason: "refused" };
        case 1001:
            return { final: false, why: "restarting" };
        case 1013:
            return { final: false, why: "slow" };
        default:
            return { final: false, why: "network" };
    }
}

const hopeless: ReadonlySet<string> = new Set([
    "bad_token",
    "expired_token",
    "unknown_room",
    "version",
    "banned",
]);

/** Whether "join again" is worth a button. */
export function canRejoin(reason: EndReason, code: string | null): boolean {
    if (reason === "banned" || reason === "ended") return false;
    return code === null || !hopeless.has(code);
}

/** Refusals that pass: the way back goes on after them. */
export function isPassing(code: string): boolean {
    return ["server_full", "room_full", "rate", "not_saved", "timeout", "unreachable"].includes(code);
}
