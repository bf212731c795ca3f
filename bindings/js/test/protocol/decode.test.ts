import { describe, expect, it } from "vitest";
import { isAnswerTo } from "../../src/protocol/checks.ts";
import { decode, encode } from "../../src/protocol/decode.ts";
import { person, room, welcome } from "../support/fake_server.ts";

const message = { id: "m1", from: "bo", name: "Bo", text: "Hi", at: 5 };

const events: { [type: string]: object } = {
    door: { people: 4, names: ["Ana"] },
    welcome: welcome(),
    "waiting.message": { text: "Soon" },
    "person.joined": { person: person("bo") },
    "person.changed": { id: "bo", hand: null, microphone: true },
    "person.left": { id: "bo", why: "lost" },
    "room.changed": { title: "New", locks: room.locks },
    "waiting.joined": { guest: { id: "g", name: "Gil", since: 3 } },
    "waiting.left": { id: "g" },
    muted: { source: "microphone", by: "bo" },
    "unmute.asked": { by: "bo" },
    speaker: { id: "bo" },
    reaction: { id: "bo", emoji: "👍" },
    "chat.message": { message },
    "chat.changed": { message: { ...message, deleted: true, reactions: { "👍": ["bo"] } } },
    "chat.typing": { id: "bo", on: true, to: "ada" },
    ice: { ice_servers: [{ urls: ["turn:a"], username: "u", credential: "c" }], ice_expires: 9 },
    "receive.offer": { number: 1, sdp: "v=0", tracks: [{ mid: "0", participant: "bo", source: "camera" }] },
    "receive.tracks": { tracks: [] },
    "publish.ended": { why: "timeout" },
    "receive.ended": { why: "timeout" },
    restarting: {},
};

describe("events", () => {
    it.each(Object.entries(events))("%s is read", (type, fields) => {
        const read = decode(JSON.stringify({ ...fields, type, later: "unknown fields pass" }));
        expect(read).toMatchObject({ kind: "event", event: { type, ...fields } });
    });

    // Each field once of a kind that nothing here has: nobody behind the decoder has to look again.
    const broken = Object.entries(events).flatMap(([type, fields]) =>
        Object.keys(fields)
            .filter((name) => name !== "type")
            .map((name) => [type, name, fields] as const),
    );
    it.each(broken)("%s with a broken %s is not", (type, name, fields) => {
        const read = decode(JSON.stringify({ ...fields, type, [name]: [null] }));
        expect(read.kind).toBe("malformed");
    });
});

describe("frames that are no events", () => {
    it.each([
        ["answer", { type: "ok", id: 7, sdp: "x" }, { kind: "answer", id: 7 }],
        ["welcome as an answer", { ...welcome(), id: 2 }, { kind: "answer", id: 2 }],
        [
            "refusal",
            { type: "error", id: 7, code: "rate", message: "slow down", retry_after: 2, field: "text" },
            {
                kind: "refusal",
                id: 7,
                error: { code: "rate", message: "slow down", retryAfter: 2, field: "text" },
            },
        ],
        [
            "refusal with little in it",
            { type: "error", id: 7 },
            { kind: "refusal", error: { code: "forbidden" } },
        ],
        ["event of a later server", { type: "poll.opened" }, { kind: "unknown", type: "poll.opened" }],
        ["name that every object has", { type: "constructor" }, { kind: "unknown" }],
        ["refusal of nothing", { type: "error", message: "what?" }, { kind: "malformed" }],
    ])("%s", (_, frame, expected) => expect(decode(JSON.stringify(frame))).toMatchObject(expected));

    it.each(["", "{", "[]", "null", "7", '"ok"', "{}", '{"type":7}'])("%s is malformed", (frame) =>
        expect(decode(frame).kind).toBe("malformed"),
    );

    it("binary frames are for parts that are loaded later", () =>
        expect(decode(Uint8Array.of(1, 2).buffer)).toEqual({ kind: "frame", bytes: Uint8Array.of(1, 2) }));

    it("what is neither text nor bytes is malformed", () => expect(decode({}).kind).toBe("malformed"));
});

describe("answers", () => {
    it.each([
        ["hand", { type: "ok" }, true],
        ["publish", { type: "ok", sdp: "v=0" }, true],
        ["publish", { type: "ok" }, false],
        ["join", welcome(), true],
        ["join", { type: "waiting", resume: "r" }, true],
        ["join", { type: "waiting", message: 5 }, false],
        ["join", { type: "ok" }, false],
        ["resume", welcome({ people: [{ id: "bo" }] }), false],
        ["chat.history", { type: "ok", messages: [], more: false }, true],
        ["chat.history", { type: "ok", messages: [7], more: false }, false],
        ["ice", { type: "ok", ice_servers: [{ urls: "turn:a" }] }, false],
    ] as const)("to %s: %o", (type, answer, usable) => expect(isAnswerTo(type, answer)).toBe(usable));
});

it("requests are one object", () => {
    expect(JSON.parse(encode("chat.send", 7, { text: "a\nb" }))).toEqual({
        type: "chat.send",
        id: 7,
        text: "a\nb",
    });
});
