import type { ChatMessage } from "@libconf/client";

/** Something that Ana said to everybody, but for what is given. */
export function chatMessage(more: Partial<ChatMessage>): ChatMessage {
    return {
        key: "k0",
        id: "1",
        from: "a",
        name: "Ana",
        own: false,
        text: "hello",
        at: 1000,
        to: null,
        replyTo: null,
        edited: null,
        deleted: false,
        reactions: [],
        state: "sent",
        error: null,
        ...more,
    };
}
