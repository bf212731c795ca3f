import type { ReadonlySignal } from "@preact/signals-core";
import type { MessageId, PersonId, Role, Source, WireGuest, WireRoom } from "../protocol/types.ts";

/** The room as it is now; replaced as a whole at each change. */
export type Room = WireRoom;

/** Somebody in the waiting room. */
export type Guest = WireGuest;

/**
 * A participant. The object stays the same as long as the person is in the room, over reconnects too; what
 * changes is inside the signals.
 */
export interface Person {
    readonly id: PersonId;
    readonly isSelf: boolean;
    readonly joined: number;
    readonly name: ReadonlySignal<string>;
    readonly role: ReadonlySignal<Role>;
    /** False: the connection is lost, the place is kept. */
    readonly here: ReadonlySignal<boolean>;
    /** Came without a token that names a person. */
    readonly guest: ReadonlySignal<boolean>;
    readonly microphone: ReadonlySignal<boolean>;
    readonly camera: ReadonlySignal<boolean>;
    readonly screen: ReadonlySignal<boolean>;
    readonly screenAudio: ReadonlySignal<boolean>;
    /** Since when the hand is up (server's time); null when it is down. */
    readonly hand: ReadonlySignal<number | null>;
    readonly away: ReadonlySignal<boolean>;
    /**
     * Loudness of the microphone as received, 0 to 1, ten times a second while somebody reads it. Own: always
     * 0.
     */
    readonly level: ReadonlySignal<number>;
    /** Is heard now, with a hold of 500 ms, so that a border does not flicker. */
    readonly speaking: ReadonlySignal<boolean>;
    /** The signal of that source: `person.on("camera").value`. */
    on(source: Source): ReadonlySignal<boolean>;
}

export interface Reaction {
    readonly emoji: string;
    readonly people: readonly PersonId[];
    readonly own: boolean;
}

/** A line of the chat. An immutable value: a change makes a new one with the same `key`. */
export interface ChatMessage {
    /** Stable from the moment it was typed, for lists. */
    readonly key: string;
    /** Null until the server has it. */
    readonly id: MessageId | null;
    readonly from: PersonId;
    /** The sender's name at that time. */
    readonly name: string;
    readonly own: boolean;
    readonly text: string;
    readonly at: number;
    /** Private: only this person and the sender see it. */
    readonly to: PersonId | null;
    readonly replyTo: MessageId | null;
    readonly edited: number | null;
    readonly deleted: boolean;
    readonly reactions: readonly Reaction[];
    readonly state: "sending" | "sent" | "failed";
    /** Why it failed; null otherwise. */
    readonly error: string | null;
}

export interface Typing {
    readonly person: Person;
    /** Types privately, to us. */
    readonly private: boolean;
}

export interface Chat {
    /** Oldest first. Own messages appear at once, as `sending`. */
    readonly messages: ReadonlySignal<readonly ChatMessage[]>;
    /** The server has older ones: `loadOlder`. */
    readonly more: ReadonlySignal<boolean>;
    readonly typing: ReadonlySignal<readonly Typing[]>;
    /**
     * Survives a lost connection: it is sent again until it is answered, and never twice. Resolves when the
     * server keeps it; rejects with `RequestError`, and the message stays in the list as `failed`.
     */
    send(text: string, options?: { to?: PersonId; replyTo?: MessageId }): Promise<ChatMessage>;
    /** Sends a failed one again, by its `key`. */
    retry(key: string): Promise<ChatMessage>;
    /** Takes a failed one out of the list. */
    discard(key: string): void;
    edit(message: MessageId, text: string): Promise<void>;
    remove(message: MessageId): Promise<void>;
    react(message: MessageId, emoji: string, on: boolean): Promise<void>;
    /**
     * Call at each key press with true: it is told the others every 4 s at most, and ends 5 s after the last
     * call.
     */
    setTyping(on: boolean, options?: { to?: PersonId }): void;
    /** Resolves to whether there are still older ones. */
    loadOlder(): Promise<boolean>;
}

/**
 * What we may do now, by role and locks (section 8 of the protocol). The server decides; this is for buttons.
 */
export interface Permissions {
    readonly microphone: boolean;
    readonly camera: boolean;
    readonly screen: boolean;
    readonly chat: boolean;
    /** To everybody; a viewer may always write to a moderator. */
    readonly privateChat: boolean;
    /** Mute, roles, remove, end, locks, title, lobby, admit. */
    readonly moderate: boolean;
    /** False where a token gives the name. */
    readonly rename: boolean;
}
