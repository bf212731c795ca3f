// The nouns of the signalling protocol, as they travel. Times are milliseconds since 1970 (UTC).

declare const brand: unique symbol;

/** A participant's id: to be compared only. */
export type PersonId = string & { readonly [brand]?: "person" };

/** A chat message's id: to be compared only. */
export type MessageId = string & { readonly [brand]?: "message" };

export type Role = "moderator" | "presenter" | "viewer";

export type Source = "microphone" | "camera" | "screen" | "screen_audio";

export type VideoSource = "camera" | "screen";

export type Lock = "microphone" | "camera" | "screen" | "chat" | "private_chat" | "people";

/** What viewers may not do. */
export type Locks = { readonly [name in Lock]: boolean };

export interface WireRoom {
    readonly name: string;
    readonly title: string;
    readonly started: number;
    readonly lobby: boolean;
    readonly locks: Locks;
}

export interface WirePerson {
    readonly id: PersonId;
    readonly name: string;
    readonly role: Role;
    readonly joined: number;
    readonly here: boolean;
    readonly guest: boolean;
    readonly microphone: boolean;
    readonly camera: boolean;
    readonly screen: boolean;
    readonly screen_audio: boolean;
    readonly hand?: number | null;
    readonly away: boolean;
}

export interface WireGuest {
    readonly id: PersonId;
    readonly name: string;
    readonly since: number;
}

export interface WireMessage {
    readonly id: MessageId;
    readonly from: PersonId;
    readonly name: string;
    readonly text: string;
    readonly at: number;
    readonly to?: PersonId;
    readonly reply_to?: MessageId;
    readonly edited?: number;
    readonly deleted?: boolean;
    readonly reactions?: { readonly [emoji: string]: readonly PersonId[] };
    readonly key?: string;
}

export interface WireIceServer {
    readonly urls: readonly string[];
    readonly username?: string;
    readonly credential?: string;
}

/** One section of the receiving transport and what it carries now. */
export interface WireTrack {
    readonly mid: string;
    readonly participant: PersonId;
    readonly source: Source;
}

/** A picture that somebody wants to see. `height` is in device pixels; 0 means the largest there is. */
export interface WireView {
    readonly participant: PersonId;
    readonly source: VideoSource;
    readonly height: number;
}

export type LeaveWhy = "left" | "removed" | "banned" | "lost";

export interface Limits {
    /** Longest chat message. */
    readonly chat_characters: number;
    /** Longest name, in bytes of UTF-8. */
    readonly name_bytes: number;
}
