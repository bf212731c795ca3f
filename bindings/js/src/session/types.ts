import type { Limits, Role } from "../protocol/types.ts";
import type { ErrorCode } from "../protocol/errors.ts";

/**
 * `idle`: nothing yet. `connecting`: on the way to the door. `door`: sees who is inside, unseen. `joining`:
 * has asked to come in. `waiting`: in the waiting room. `in`: a participant. `reconnecting`: the connection
 * is lost, we come back by ourselves; everything stays as it was. `left`: over, see `ended`.
 */
export type ClientState =
    | "idle"
    | "connecting"
    | "door"
    | "joining"
    | "waiting"
    | "in"
    | "reconnecting"
    | "left";

/** What is seen through the door, before joining. */
export interface Door {
    readonly room: { readonly name: string; readonly title: string; readonly lobby: boolean };
    /** How many are inside. */
    readonly people: number;
    /** At most four of their names; null where the room hides them. */
    readonly names: readonly string[] | null;
    /** What the token says of us; null for a guest. */
    readonly you: { readonly name: string | null; readonly role: Role | null } | null;
    readonly limits: Limits;
}

export type EndReason =
    /** We left, here. */
    | "left"
    | "removed"
    | "banned"
    /** A moderator ended the meeting. */
    | "ended"
    /** The session goes on in another tab or on another machine. */
    | "replaced"
    /** Not let in from the waiting room. */
    | "refused"
    /** The server ended the connection: we waited too long at the door, or have a bug. */
    | "dismissed"
    /** Coming back failed for good; `code` says why. */
    | "failed";

export interface Ended {
    readonly reason: EndReason;
    /** Whether offering "join again" makes sense. */
    readonly canRejoin: boolean;
    /** What the server answered when coming back failed. */
    readonly code: ErrorCode | null;
    /** The server's own words, for logs only. */
    readonly message: string;
}

export type LostWhy = "network" | "restarting" | "slow";

/** The way back, while the connection is lost. */
export interface Lost {
    /** When it was lost (clock of this machine, ms). Show nothing for the first second. */
    readonly since: number;
    readonly why: LostWhy;
    /** How many attempts were made. */
    readonly attempts: number;
    /** When the next attempt is due; null while one is under way. */
    readonly nextAt: number | null;
}

/** What `sessionStorage` keeps of the last session of this tab, if it can be resumed. */
export interface SavedSession {
    readonly name: string;
    readonly at: number;
}

export interface JoinOptions {
    readonly name: string;
    /** What is on when we come in; default: what was given to `media` and is not muted. */
    readonly microphone?: boolean;
    readonly camera?: boolean;
    readonly locale?: string;
}

/** Time as the session sees it; injected in tests. */
export interface Clock {
    now(): number;
    setTimeout(run: () => void, ms: number): unknown;
    clearTimeout(timer: unknown): void;
}

/** The part of `Storage` that is used. */
export interface KeyValueStore {
    getItem(key: string): string | null;
    setItem(key: string, value: string): void;
    removeItem(key: string): void;
}
