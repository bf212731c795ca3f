// Lines of the chat as values: from the wire, and while they are still on their way.

import type { PersonId, WireMessage } from "../protocol/types.ts";
import type { ChatMessage } from "./types.ts";

/** `own`: all ids that were ours in this visit; there are several after a place was lost. */
export function fromWire(wire: WireMessage, own: ReadonlySet<PersonId>): ChatMessage {
    const mine = own.has(wire.from);
    return {
        // The sender's key was the line's key while it was on its way: the list keeps its element.
        key: mine && wire.key !== undefined ? wire.key : wire.id,
        id: wire.id,
        from: wire.from,
        name: wire.name,
        own: mine,
        text: wire.text,
        at: wire.at,
        to: wire.to ?? null,
        replyTo: wire.reply_to ?? null,
        edited: wire.edited ?? null,
        deleted: wire.deleted ?? false,
        reactions: Object.entries(wire.reactions ?? {})
            .filter(([, people]) => people.length > 0)
            .map(([emoji, people]) => ({ emoji, people, own: people.some((id) => own.has(id)) })),
        state: "sent",
        error: null,
    };
}

/**
 * The newest lines as the server tells them, behind the older ones that we have. Null where the two do not
 * meet: what is between is unknown, so the older ones have to go, and can be asked for again.
 */
export function joinPages(
    older: readonly ChatMessage[],
    newest: readonly ChatMessage[],
): readonly ChatMessage[] | null {
    const first = newest[0];
    if (first === undefined) return older.length === 0 ? [] : null;
    const meets = older.findIndex((one) => one.id === first.id);
    return meets < 0 ? null : [...older.slice(0, meets), ...newest];
}
