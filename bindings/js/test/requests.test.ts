// Each method of the client is one message of the protocol.

import { describe, expect, it } from "vitest";
import type { Client } from "../src/index.ts";
import { settle } from "./support/fake_clock.ts";
import { Visit } from "./support/visit.ts";

const table: readonly [(client: Client) => Promise<unknown>, string, object][] = [
    [(client) => client.raiseHand(), "hand", { up: true }],
    [(client) => client.raiseHand(false), "hand", { up: false }],
    [(client) => client.react("👍"), "react", { emoji: "👍" }],
    [(client) => client.setAway(true), "away", { on: true }],
    [(client) => client.rename("Eve"), "name", { name: "Eve" }],
    [(client) => client.lowerHand("bo"), "hand.lower", { participant: "bo" }],
    [(client) => client.lowerAllHands(), "hand.lower", {}],
    [(client) => client.mute("bo"), "mute", { participant: "bo", source: "microphone" }],
    [(client) => client.mute("bo", "screen"), "mute", { participant: "bo", source: "screen" }],
    [(client) => client.muteAll(), "mute", { source: "microphone" }],
    [(client) => client.askToUnmute("bo"), "unmute.ask", { participant: "bo" }],
    [(client) => client.setRole("bo", "presenter"), "role", { participant: "bo", role: "presenter" }],
    [(client) => client.remove("bo"), "remove", { participant: "bo" }],
    [(client) => client.remove("bo", { ban: true }), "remove", { participant: "bo", ban: true }],
    [(client) => client.endMeeting(), "end", {}],
    [(client) => client.setLocks({ chat: true }), "lock", { locks: { chat: true } }],
    [(client) => client.setTitle("New"), "room", { title: "New" }],
    [(client) => client.setLobby(false), "room", { lobby: false }],
    [(client) => client.admit("gil"), "admit", { participant: "gil" }],
    [(client) => client.admitAll(), "admit", {}],
    [(client) => client.refuse("gil"), "refuse", { participant: "gil" }],
    [(client) => client.lobbyMessage("Soon"), "lobby.message", { text: "Soon" }],
    [(client) => client.chat.edit("m1", "x"), "chat.edit", { message: "m1", text: "x" }],
    [(client) => client.chat.remove("m1"), "chat.delete", { message: "m1" }],
    [(client) => client.chat.react("m1", "👍", true), "chat.react", { message: "m1", emoji: "👍", on: true }],
    [(client) => client.media.setMuted("microphone", false), "", {}],
];

describe("a request", () => {
    it.each(table)("%s", async (call, type, fields) => {
        const visit = await new Visit().inRoom();
        const before = visit.socket.frames.length;
        const done = call(visit.client);
        await settle();
        if (type === "") expect(visit.socket.frames).toHaveLength(before);
        else {
            expect(visit.socket.last(type)).toEqual({ type, id: visit.socket.last(type).id, ...fields });
            await visit.socket.answer(type);
        }
        expect(await done).toBeUndefined();
    });

    it("for the pads is made once, until its token is almost over", async () => {
        const visit = await new Visit().inRoom();
        const ask = async (expires: number, fresh = false) => {
            const token = visit.client.padToken(fresh);
            await settle();
            await visit.socket.answer("pads", { token: `pt1.${expires}`, expires });
            return token;
        };
        expect(await ask(1)).toBe("pt1.1");
        const late = Number.MAX_SAFE_INTEGER;
        expect(await ask(late)).toBe(`pt1.${late}`);
        expect(await visit.client.padToken()).toBe(`pt1.${late}`);
        expect(visit.socket.all("pads")).toHaveLength(2);
        expect(await ask(late - 1, true)).toBe(`pt1.${late - 1}`);
    });

    it("rejects with what the server says", async () => {
        const visit = await new Visit().inRoom();
        const refused = expect(visit.client.endMeeting()).rejects.toMatchObject({
            name: "RequestError",
            code: "forbidden",
            message: "forbidden in a test",
        });
        await settle();
        await visit.socket.refuse("end", "forbidden");
        await refused;
    });
});
