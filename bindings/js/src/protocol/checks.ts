// The shape of each event and of each answer that carries more than `ok`.

import type { EventType, RequestType } from "./messages.ts";
import {
    anything,
    fields,
    flag,
    list,
    maybe,
    nullable,
    number,
    oneOf,
    someOf,
    table,
    text,
    type Check,
} from "./shape.ts";

const source = oneOf("microphone", "camera", "screen", "screen_audio");
const role = oneOf("moderator", "presenter", "viewer");

const lockFields = {
    microphone: flag,
    camera: flag,
    screen: flag,
    chat: flag,
    private_chat: flag,
    people: flag,
};
const roomFields = { name: text, title: text, started: number, lobby: flag, locks: fields(lockFields) };
const personFields = {
    name: text,
    role,
    joined: number,
    here: flag,
    guest: flag,
    microphone: flag,
    camera: flag,
    screen: flag,
    screen_audio: flag,
    hand: nullable(number),
    away: flag,
};
const person = fields({ id: text, ...personFields });
const guest = fields({ id: text, name: text, since: number });
const message = fields({
    id: text,
    from: text,
    name: text,
    text: text,
    at: number,
    to: maybe(text),
    reply_to: maybe(text),
    edited: maybe(number),
    deleted: maybe(flag),
    reactions: maybe(table(list(text))),
    key: maybe(text),
});
const tracks = list(fields({ mid: text, participant: text, source }));
const iceServers = list(fields({ urls: list(text), username: maybe(text), credential: maybe(text) }));
const ice = { ice_servers: iceServers, ice_expires: maybe(number) };

const welcome = fields({
    you: text,
    resume: text,
    room: fields(roomFields),
    people: list(person),
    waiting: maybe(list(guest)),
    chat: fields({ messages: list(message), more: flag }),
    media: flag,
    ...ice,
    speaker: maybe(text),
    now: number,
    resumed: flag,
    publish: maybe(flag),
    receive: maybe(flag),
});
const waiting = fields({ message: maybe(text), resume: maybe(text) });
const entered: Check = (value) =>
    fields({ type: oneOf("waiting") })(value) ? waiting(value) : welcome(value);

export const eventChecks: { readonly [type in EventType]: Check } = {
    door: fields({ people: number, names: maybe(list(text)) }),
    welcome,
    "waiting.message": fields({ text }),
    "person.joined": fields({ person }),
    "person.changed": (value) => fields({ id: text })(value) && someOf(personFields)(value),
    "person.left": fields({ id: text, why: text }),
    "room.changed": someOf({ ...roomFields, locks: someOf(lockFields) }),
    "waiting.joined": fields({ guest }),
    "waiting.left": fields({ id: text }),
    muted: fields({ source, by: maybe(text) }),
    "unmute.asked": fields({ by: maybe(text) }),
    speaker: fields({ id: text }),
    reaction: fields({ id: text, emoji: text }),
    "chat.message": fields({ message }),
    "chat.changed": fields({ message }),
    "chat.typing": fields({ id: text, on: flag, to: maybe(text) }),
    ice: fields(ice),
    "receive.offer": fields({ number, sdp: text, tracks }),
    "receive.tracks": fields({ tracks }),
    "publish.ended": fields({ why: maybe(text) }),
    "receive.ended": fields({ why: maybe(text) }),
    restarting: anything,
};

const answerChecks: { readonly [type in RequestType]?: Check } = {
    hello: fields({
        version: number,
        room: fields({ name: text, title: text, lobby: flag }),
        people: number,
        names: maybe(list(text)),
        you: maybe(fields({ name: maybe(text), role: maybe(role) })),
        limits: fields({ chat_characters: number, name_bytes: number }),
    }),
    join: entered,
    resume: entered,
    ice: fields(ice),
    pads: fields({ token: text, expires: number }),
    publish: fields({ sdp: text }),
    "chat.send": fields({ message: text, at: number }),
    "chat.history": fields({ messages: list(message), more: flag }),
};

/** Whether an answer to such a request can be used. */
export function isAnswerTo(type: RequestType, answer: unknown): boolean {
    return answerChecks[type]?.(answer) ?? true;
}
