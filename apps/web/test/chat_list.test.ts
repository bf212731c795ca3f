import type { ChatMessage } from "@libconf/client";
import { describe, expect, it } from "vitest";
import { groupsOf, inThread, partnersOf, piecesOf } from "../src/call/chat_list.ts";
import { chatMessage } from "./support/chat.ts";

let next = 0;
const message = (from: string, more: Partial<ChatMessage> = {}): ChatMessage =>
    chatMessage({
        key: `k${next++}`,
        from,
        name: from.toUpperCase(),
        own: from === "me",
        at: 1000 * next,
        ...more,
    });

describe("the chat", () => {
    it("keeps private talks apart", () => {
        const all = [
            message("a"),
            message("a", { to: "me" }),
            message("me", { to: "a" }),
            message("b", { to: "me" }),
        ];
        expect(inThread(all, null)).toEqual([all[0]]);
        expect(inThread(all, "a")).toEqual([all[1], all[2]]);
        expect([...partnersOf(all)]).toEqual([
            ["a", "A"],
            ["b", "B"],
        ]);
    });

    it("groups what one person said in one go", () => {
        const all = [
            message("a"),
            message("a"),
            message("b"),
            message("a"),
            message("a", { at: 10_000_000 }),
            message("a", { at: 10_000_001, replyTo: "1" }),
        ];
        expect(groupsOf(all).map((group) => group.length)).toEqual([2, 1, 1, 1, 1]);
    });

    it("finds links and nothing that is none", () => {
        expect(piecesOf("see https://example.org/a(b). Or javascript:alert(1)")).toEqual([
            { text: "see " },
            { link: "https://example.org/a(b" },
            { text: "). Or javascript:alert(1)" },
        ]);
        expect(piecesOf("http://example.org")).toEqual([{ link: "http://example.org" }]);
        expect(piecesOf("")).toEqual([]);
    });
});
