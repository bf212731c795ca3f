import type { MessageId, PersonId, LeaveWhy, Source } from "./protocol/types.ts";
import type { ChatMessage, Guest, Person } from "./model/types.ts";
import type { Ended, LostWhy } from "./session/types.ts";
import type { RequestError } from "./protocol/errors.ts";

/** What happens once and is not a state; `client.on("reaction", ...)`. */
export interface ClientEvents {
    /** A moderator, or a lock (`by` null), turned our source off; it is already muted here. */
    muted: { readonly source: Source; readonly by: Person | null };
    "unmute-asked": { readonly by: Person | null };
    reaction: { readonly person: Person; readonly emoji: string };
    "person-joined": Person;
    "person-left": { readonly person: Person; readonly why: LeaveWhy };
    "waiting-joined": Guest;
    "waiting-left": { readonly id: PersonId };
    /** A new message of somebody else, or of ourselves on another machine. */
    "chat-message": ChatMessage;
    "chat-changed": { readonly id: MessageId };
    /** We were in the waiting room and are inside now. */
    admitted: Record<never, never>;
    lost: { readonly why: LostWhy };
    reconnected: { readonly lostMs: number; readonly mediaKept: boolean };
    /** The server says that it will go away for a moment. */
    restarting: Record<never, never>;
    /** The session was taken over by another tab; `ended` follows. */
    "taken-over": Record<never, never>;
    /**
     * One of our tracks ended by itself: unplugged, or "stop sharing" of the browser. The room knows already.
     */
    "track-ended": { readonly source: Source };
    /** Something that nobody called for failed, such as making a media transport. */
    error: {
        readonly where: "publish" | "receive" | "view" | "session";
        readonly error: RequestError | Error;
    };
    ended: Ended;
}
