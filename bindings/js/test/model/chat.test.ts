import { describe, expect, it } from "vitest";
import { joinPages } from "../../src/model/chat_message.ts";
import type { ChatMessage } from "../../src/index.ts";
import { settle } from "../support/fake_clock.ts";
import { person } from "../support/fake_server.ts";
import { Visit } from "../support/visit.ts";

function line(id: string, changes: object = {}): object {
    return { id, from: "bo", name: "Bo", text: `text of ${id}`, at: 10, ...changes };
}

function texts(visit: Visit): string[] {
    return visit.client.chat.messages.value.map((one) => `${one.text}:${one.state}`);
}

describe("sending", () => {
    it("shows the message at once, and once", async () => {
        const visit = await new Visit().inRoom();
        const sent = visit.client.chat.send("Hi", { to: "bo", replyTo: "m0" });
        await settle();
        expect(texts(visit)).toEqual(["Hi:sending"]);
        const frame = visit.socket.last("chat.send");
        expect(frame).toMatchObject({ text: "Hi", to: "bo", reply_to: "m0" });
        const key = visit.client.chat.messages.value[0]?.key;
        expect(frame["key"]).toBe(key);
        await visit.socket.say({
            type: "chat.message",
            message: line("m1", { from: "ada", text: "Hi", key }),
        });
        await visit.socket.answer("chat.send", { message: "m1", at: 11 });
        expect((await sent).id).toBe("m1");
        expect(texts(visit)).toEqual(["Hi:sent"]);
        expect(visit.client.chat.messages.value[0]?.key).toBe(key);
        expect(visit.events("chat-message")).toHaveLength(0);
    });

    it("also works where the answer is faster than the event, or the event has no key", async () => {
        const visit = await new Visit().inRoom();
        const sent = visit.client.chat.send("Hi");
        await settle();
        await visit.socket.answer("chat.send", { message: "m1", at: 11 });
        await sent;
        await visit.socket.say({ type: "chat.message", message: line("m1", { from: "ada", text: "Hi" }) });
        expect(texts(visit)).toEqual(["Hi:sent"]);
    });

    it("has a key of its own each time", async () => {
        const visit = await new Visit().inRoom();
        void visit.client.chat.send("a").catch(() => undefined);
        void visit.client.chat.send("b").catch(() => undefined);
        await settle();
        const keys = visit.socket.all("chat.send").map((one) => one["key"] as string);
        expect(new Set(keys).size).toBe(2);
        expect(keys.every((key) => key.length >= 1 && key.length <= 64)).toBe(true);
    });

    it("survives a lost connection under the same key", async () => {
        const visit = await new Visit().inRoom();
        const sent = visit.client.chat.send("Hi");
        await settle();
        const { key } = visit.socket.last("chat.send") as unknown as { key: string };
        await visit.socket.end(1006);
        expect(texts(visit)).toEqual(["Hi:sending"]);
        // The server had it already: it stands in the welcome.
        const socket = await visit.resumed({
            chat: { messages: [line("m1", { from: "ada", text: "Hi", key })], more: false },
        });
        expect(texts(visit)).toEqual(["Hi:sent"]);
        expect(socket.last("chat.send")["key"]).toBe(key);
        await socket.answer("chat.send", { message: "m1", at: 11 });
        expect((await sent).id).toBe("m1");
        expect(texts(visit)).toEqual(["Hi:sent"]);
    });

    it("may fail, and be tried again or dropped", async () => {
        const visit = await new Visit().inRoom();
        const failed = expect(visit.client.chat.send("Hi")).rejects.toMatchObject({ code: "rate" });
        await settle();
        await visit.socket.refuse("chat.send", "rate");
        await failed;
        expect(visit.client.chat.messages.value[0]).toMatchObject({ state: "failed", error: "rate" });
        const { key = "" } = visit.client.chat.messages.value[0] ?? {};
        const again = visit.client.chat.retry(key);
        await settle();
        expect(texts(visit)).toEqual(["Hi:sending"]);
        expect(visit.socket.last("chat.send")["key"]).toBe(key);
        await visit.socket.answer("chat.send", { message: "m1", at: 11 });
        await again;
        await expect(visit.client.chat.retry(key)).rejects.toMatchObject({ code: "state" });
        visit.client.chat.discard(key);
        expect(texts(visit)).toEqual(["Hi:sent"]);
    });

    it("is not possible before we are in", async () => {
        await expect(new Visit().client.chat.send("Hi")).rejects.toMatchObject({ code: "state" });
    });
});

describe("reading", () => {
    it("takes each message once", async () => {
        const visit = await new Visit().inRoom({ chat: { messages: [line("m1")], more: false } });
        await visit.socket.say({
            type: "chat.message",
            message: line("m2", { reactions: { "👍": ["ada"], "👎": [] } }),
        });
        await visit.socket.say({ type: "chat.message", message: line("m2") });
        expect(visit.client.chat.messages.value.map((one) => one.id)).toEqual(["m1", "m2"]);
        expect(visit.client.chat.messages.value[1]?.reactions).toEqual([
            { emoji: "👍", people: ["ada"], own: true },
        ]);
        expect(visit.events("chat-message")).toHaveLength(1);
    });

    it("follows changes", async () => {
        const visit = await new Visit().inRoom({ chat: { messages: [line("m1"), line("m2")], more: false } });
        await visit.socket.say({ type: "chat.changed", message: line("m1", { text: "", deleted: true }) });
        await visit.socket.say({ type: "chat.changed", message: line("unknown") });
        expect(visit.client.chat.messages.value).toHaveLength(2);
        expect(visit.client.chat.messages.value[0]).toMatchObject({ deleted: true, text: "", key: "m1" });
    });

    it("asks for what was before", async () => {
        const visit = await new Visit().inRoom({ chat: { messages: [line("m3")], more: true } });
        const first = visit.client.chat.loadOlder();
        const second = visit.client.chat.loadOlder();
        await settle();
        expect(visit.socket.all("chat.history")).toHaveLength(1);
        expect(visit.socket.last("chat.history")).toMatchObject({ before: "m3", limit: 100 });
        await visit.socket.answer("chat.history", {
            messages: [line("m1"), line("m2"), line("m3")],
            more: false,
        });
        expect(await first).toBe(false);
        expect(await second).toBe(false);
        expect(visit.client.chat.messages.value.map((one) => one.id)).toEqual(["m1", "m2", "m3"]);
        expect(await visit.client.chat.loadOlder()).toBe(false);
        expect(visit.socket.all("chat.history")).toHaveLength(1);
    });

    it("keeps older pages over a resume where the pages meet", async () => {
        const visit = await new Visit().inRoom({ chat: { messages: [line("m1"), line("m2")], more: false } });
        await visit.socket.end(1006);
        await visit.resumed({
            chat: { messages: [line("m2", { text: "edited", edited: 20 }), line("m3")], more: true },
        });
        expect(texts(visit)).toEqual(["text of m1:sent", "edited:sent", "text of m3:sent"]);
        expect(visit.client.chat.more.value).toBe(false);
    });

    it("drops them where they do not, and a page that was asked for before", async () => {
        const visit = await new Visit().inRoom({ chat: { messages: [line("m1"), line("m2")], more: true } });
        const older = visit.client.chat.loadOlder();
        await visit.socket.end(1006);
        const socket = await visit.resumed({ chat: { messages: [line("m9")], more: true } });
        await socket.answer("chat.history", { messages: [line("m0")], more: false });
        expect(await older).toBe(true);
        expect(visit.client.chat.messages.value.map((one) => one.id)).toEqual(["m9"]);
    });

    it("says of our own messages that they are, after a new place as well", async () => {
        const visit = await new Visit().inRoom();
        await visit.socket.say({ type: "chat.message", message: line("m1", { from: "ada" }) });
        await visit.socket.end(1006);
        await visit.resumed({
            you: "ada2",
            people: [person("ada2")],
            chat: {
                messages: [line("m1", { from: "ada" }), line("m2", { from: "ada2" }), line("m3")],
                more: false,
            },
        });
        expect(visit.client.chat.messages.value.map((one) => one.own)).toEqual([true, true, false]);
    });
});

describe("pages", () => {
    const page = (...ids: string[]): ChatMessage[] => ids.map((id) => ({ id, key: id }) as ChatMessage);
    it.each([
        [page(), page(), page()],
        [page("a", "b"), page("b", "c"), page("a", "b", "c")],
        [page("a", "b"), page("a", "b"), page("a", "b")],
        [page("a", "b"), page("c"), null],
        [page("a"), page(), null],
    ])("%#", (older, newest, expected) => expect(joinPages(older, newest)).toEqual(expected));
});

describe("typing", () => {
    it("is told every four seconds, and ends five after the last key", async () => {
        const visit = await new Visit().inRoom();
        for (let second = 0; second < 9; ++second) {
            visit.client.chat.setTyping(true);
            await visit.clock.advance(1000);
            await visit.socket.say({ type: "speaker", id: "bo" }); // the line lives
        }
        expect(visit.socket.all("chat.typing").map((one) => one["on"])).toEqual([true, true, true]);
        await visit.clock.advance(3999);
        expect(visit.socket.all("chat.typing")).toHaveLength(3);
        await visit.clock.advance(1);
        expect(visit.socket.last("chat.typing")["on"]).toBe(false);
    });

    it("ends with the message, and with another addressee", async () => {
        const visit = await new Visit().inRoom();
        visit.client.chat.setTyping(true, { to: "bo" });
        visit.client.chat.setTyping(true);
        void visit.client.chat.send("Hi").catch(() => undefined);
        await settle();
        expect(visit.socket.frames.slice(2).map((one) => [one.type, one["on"], one["to"]])).toEqual([
            ["chat.typing", true, "bo"],
            ["chat.typing", false, "bo"],
            ["chat.typing", true, undefined],
            ["chat.typing", false, undefined],
            ["chat.send", undefined, undefined],
        ]);
    });

    it("of others ends by their word, their message, their leaving, or by itself", async () => {
        const visit = await new Visit().inRoom({ people: [person("ada"), person("bo"), person("cy")] });
        const names = () => visit.client.chat.typing.value.map((one) => one.person.id);
        const types = (id: string, on = true, to?: string) =>
            visit.socket.say({ type: "chat.typing", id, on, to });
        await types("bo");
        await types("cy", true, "ada");
        expect(visit.client.chat.typing.value.map((one) => [one.person.id, one.private])).toEqual([
            ["bo", false],
            ["cy", true],
        ]);
        await types("bo", false);
        expect(names()).toEqual(["cy"]);
        await visit.socket.say({ type: "chat.message", message: line("m1", { from: "cy" }) });
        expect(names()).toEqual([]);
        await types("bo");
        await visit.clock.advance(6999);
        expect(names()).toEqual(["bo"]);
        await visit.clock.advance(1);
        expect(names()).toEqual([]);
        await types("bo");
        await visit.socket.say({ type: "person.left", id: "bo", why: "left" });
        expect(names()).toEqual([]);
    });
});
