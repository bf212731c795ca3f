// A long talk must cost a new message no more than a short one.

import type { ChatMessage } from "@libconf/client";
import { signal } from "@preact/signals";
import { render } from "preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ChatPanel } from "../src/call/chat_panel.tsx";
import * as list from "../src/call/chat_list.ts";
import { CallContext, type CallModel } from "../src/call/model.ts";
import { chatMessage } from "./support/chat.ts";

vi.mock("../src/call/chat_list.ts", async (original) => {
    const real = await original<typeof list>();
    return { ...real, piecesOf: vi.fn(real.piecesOf) };
});
/** Each line that is drawn looks for links in its text. */
const drawn = vi.mocked(list.piecesOf);

const message = (n: number): ChatMessage =>
    chatMessage({ key: `k${n}`, id: `${n}`, text: `words ${n}`, at: 1000 * n });

const root = document.createElement("div");
afterEach(() => render(null, root));

/** The panel over so many messages, and the signal that holds them. */
function talk(length: number) {
    const messages = signal(Array.from({ length }, (_, n) => message(n)));
    const model = {
        thread: signal(null),
        drafts: new Map(),
        client: {
            chat: { messages, more: signal(false), typing: signal([]) },
            people: signal([]),
            may: signal({ chat: true, privateChat: true, moderate: false }),
        },
    };
    render(
        <CallContext.Provider value={model as unknown as CallModel}>
            <ChatPanel />
        </CallContext.Provider>,
        root,
    );
    return messages;
}
const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 20));

describe("the chat's panel", () => {
    it.each([10, 1000])("draws one line for one message more, of %i", async (length) => {
        const messages = talk(length);
        await settled();
        expect(root.querySelectorAll("article")).toHaveLength(Math.min(length, 200));
        drawn.mockClear();
        messages.value = [...messages.value, message(length)];
        await settled();
        expect(root.querySelectorAll("article")).toHaveLength(Math.min(length, 200) + 1);
        expect(drawn).toHaveBeenCalledTimes(1);
    });

    it("has the newest of a long talk, and what is older when it is wanted", async () => {
        const messages = talk(450);
        await settled();
        const shown = () => [...root.querySelectorAll(".text")].map((one) => one.textContent);
        expect([shown().length, shown()[0], shown().at(-1)]).toEqual([200, "words 250", "words 449"]);
        const older = () =>
            [...root.querySelectorAll("button")].find((one) => one.textContent!.includes("older"));
        older()!.click();
        await settled();
        expect([shown().length, shown()[0]]).toEqual([400, "words 50"]);
        older()!.click();
        await settled();
        expect([shown().length, shown()[0]]).toEqual([450, "words 0"]);
        expect(older()).toBeUndefined();
        messages.value = [...messages.value, message(450)];
        await settled();
        expect([shown().length, shown()[0], shown().at(-1)]).toEqual([451, "words 0", "words 450"]);
    });

    it("is one tab stop, the newest message, and arrows go to the others", async () => {
        document.body.append(root);
        const messages = talk(10);
        await settled();
        const menus = () => [...root.querySelectorAll<HTMLElement>(".line-menu .menu > button")];
        const stops = () => menus().flatMap((one, at) => (one.tabIndex === 0 ? [at] : []));
        const focused = () => menus().indexOf(document.activeElement as HTMLElement);
        const press = (key: string) =>
            document.activeElement!.dispatchEvent(
                new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }),
            );
        expect(stops()).toEqual([9]);
        messages.value = [...messages.value, message(10)];
        await settled();
        expect(stops()).toEqual([10]);
        menus()[10]!.focus();
        press("ArrowDown");
        expect(focused()).toBe(10);
        press("ArrowUp");
        expect([focused(), stops()]).toEqual([9, [9]]);
        expect(root.querySelector("[role=menu]")).toBeNull();
        press("Home");
        press("ArrowUp");
        expect([focused(), stops()]).toEqual([0, [0]]);
        messages.value = [...messages.value, message(11)];
        await settled();
        expect([focused(), stops()]).toEqual([0, [0]]);
        press("End");
        expect([focused(), stops()]).toEqual([11, [11]]);
        const text = document.getElementById(menus()[11]!.getAttribute("aria-describedby")!);
        expect(text!.textContent).toBe("words 11");
        press("Home");
        (document.activeElement as HTMLElement).blur();
        expect(stops()).toEqual([11]);
        root.remove();
    });

    it("draws a line anew that says something else", async () => {
        const messages = talk(10);
        await settled();
        drawn.mockClear();
        messages.value = messages.value.map((one, n) => (n === 3 ? { ...one, text: "better words" } : one));
        await settled();
        expect(drawn.mock.calls).toEqual([["better words"]]);
        expect(root.querySelectorAll("article")[3]!.textContent).toContain("better words");
    });
});
