// Every message of the protocol, version 1: requests with their answers, and events.

import type {
    LeaveWhy,
    Limits,
    Locks,
    MessageId,
    PersonId,
    Role,
    Source,
    WireGuest,
    WireIceServer,
    WireMessage,
    WirePerson,
    WireRoom,
    WireTrack,
    WireView,
} from "./types.ts";

export const protocolVersion = 1;
export const subprotocol = "conf.1";

export interface HelloAnswer {
    readonly type: "ok";
    readonly version: number;
    readonly room: { readonly name: string; readonly title: string; readonly lobby: boolean };
    readonly people: number;
    readonly names?: readonly string[];
    readonly you?: { readonly name?: string; readonly role?: Role };
    readonly limits: Limits;
}

export interface Welcome {
    readonly type: "welcome";
    readonly you: PersonId;
    readonly resume: string;
    readonly room: WireRoom;
    readonly people: readonly WirePerson[];
    readonly waiting?: readonly WireGuest[];
    readonly chat: { readonly messages: readonly WireMessage[]; readonly more: boolean };
    readonly media: boolean;
    readonly ice_servers: readonly WireIceServer[];
    readonly ice_expires?: number;
    readonly speaker?: PersonId;
    readonly now: number;
    readonly resumed: boolean;
    readonly publish?: boolean;
    readonly receive?: boolean;
}

export interface WaitingAnswer {
    readonly type: "waiting";
    readonly message?: string;
    readonly resume?: string;
}

interface Done {
    readonly type: "ok";
}

interface IceAnswer extends Done {
    readonly ice_servers: readonly WireIceServer[];
    readonly ice_expires?: number;
}

interface One {
    participant: PersonId;
}

type Shape<Ask, Answer = Done> = { ask: Ask; answer: Answer };

type Nothing = Record<never, never>;

export interface RequestMap {
    hello: Shape<
        { versions: readonly number[]; token?: string; client?: string; device?: string },
        HelloAnswer
    >;
    join: Shape<
        { name: string; microphone?: boolean; camera?: boolean; locale?: string },
        Welcome | WaitingAnswer
    >;
    resume: Shape<
        { versions: readonly number[]; resume: string; publish?: boolean; receive?: boolean },
        Welcome | WaitingAnswer
    >;

    leave: Shape<Nothing>;
    media: Shape<{ source: Source; on: boolean }>;
    name: Shape<{ name: string }>;
    hand: Shape<{ up: boolean }>;
    "hand.lower": Shape<Partial<One>>;
    react: Shape<{ emoji: string }>;
    away: Shape<{ on: boolean }>;
    mute: Shape<Partial<One> & { source?: Source }>;
    "unmute.ask": Shape<One>;
    role: Shape<One & { role: Role }>;
    remove: Shape<One & { ban?: boolean }>;
    end: Shape<Nothing>;
    lock: Shape<{ locks: Partial<Locks> }>;
    room: Shape<{ title?: string; lobby?: boolean }>;
    admit: Shape<Partial<One>>;
    refuse: Shape<One>;
    "lobby.message": Shape<{ text: string }>;
    ice: Shape<Nothing, IceAnswer>;
    pads: Shape<Nothing, Done & { readonly token: string; readonly expires: number }>;

    "chat.send": Shape<
        { text: string; key: string; to?: PersonId; reply_to?: MessageId },
        Done & { readonly message: MessageId; readonly at: number }
    >;
    "chat.edit": Shape<{ message: MessageId; text: string }>;
    "chat.delete": Shape<{ message: MessageId }>;
    "chat.react": Shape<{ message: MessageId; emoji: string; on: boolean }>;
    "chat.typing": Shape<{ on: boolean; to?: PersonId }>;
    "chat.history": Shape<
        { before: MessageId; limit?: number },
        Done & { readonly messages: readonly WireMessage[]; readonly more: boolean }
    >;

    publish: Shape<
        { sdp: string; sources: { readonly [mid: string]: Source } },
        Done & { readonly sdp: string }
    >;
    view: Shape<{ videos: readonly WireView[] }>;
    "receive.answer": Shape<{ number: number; sdp: string }>;
    "receive.restart": Shape<Nothing>;
    "receive.reset": Shape<Nothing>;
}

export type RequestType = keyof RequestMap;
export type Ask<T extends RequestType> = RequestMap[T]["ask"];
export type Answer<T extends RequestType> = RequestMap[T]["answer"];

export type PersonChange = { readonly id: PersonId } & Partial<Omit<WirePerson, "id">>;

/** The locks may be all of them, or those that changed. */
export type RoomChange = Partial<Omit<WireRoom, "locks">> & { readonly locks?: Partial<Locks> };

export interface EventMap {
    door: { readonly people: number; readonly names?: readonly string[] };
    /** Let in from the waiting room. */
    welcome: Omit<Welcome, "type">;
    "waiting.message": { readonly text: string };
    "person.joined": { readonly person: WirePerson };
    "person.changed": PersonChange;
    "person.left": { readonly id: PersonId; readonly why: LeaveWhy };
    "room.changed": RoomChange;
    "waiting.joined": { readonly guest: WireGuest };
    "waiting.left": { readonly id: PersonId };
    muted: { readonly source: Source; readonly by?: PersonId };
    "unmute.asked": { readonly by?: PersonId };
    speaker: { readonly id: PersonId };
    reaction: { readonly id: PersonId; readonly emoji: string };
    "chat.message": { readonly message: WireMessage };
    "chat.changed": { readonly message: WireMessage };
    "chat.typing": { readonly id: PersonId; readonly on: boolean; readonly to?: PersonId };
    ice: { readonly ice_servers: readonly WireIceServer[]; readonly ice_expires?: number };
    "receive.offer": { readonly number: number; readonly sdp: string; readonly tracks: readonly WireTrack[] };
    "receive.tracks": { readonly tracks: readonly WireTrack[] };
    "publish.ended": { readonly why?: string };
    "receive.ended": { readonly why?: string };
    restarting: Nothing;
}

export type EventType = keyof EventMap;

export type ServerEvent = { [T in EventType]: { readonly type: T } & EventMap[T] }[EventType];
