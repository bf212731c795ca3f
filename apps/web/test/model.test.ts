import { signal } from "@preact/signals";
import type { Client, Person, ViewWish } from "@libconf/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { OwnMedia } from "../src/app/own_media.ts";
import { settings } from "../src/app/settings.ts";
import { CallModel } from "../src/call/model.ts";

type Message = { readonly own: boolean; readonly to: string | null; readonly from: string };

const person = (id: string) =>
    ({ id, isSelf: id === "me", name: signal(id), screen: signal(false) }) as unknown as Person;

function enter() {
    const handlers = new Map<string, (event: never) => void>();
    const people = ["me", "ana", "bo"].map(person);
    const wishes: (readonly ViewWish[])[] = [];
    const speaker = signal<Person | null>(null);
    const staged: ((event: object) => void)[] = [];
    const client = {
        line: {
            ask: () => Promise.resolve({ stage: {} }),
            on: (type: string, handler: (event: object) => void) => {
                if (type === "event") staged.push(handler);
                return () => undefined;
            },
        },
        people: signal(people),
        speaker,
        media: { requestView: (videos: readonly ViewWish[]) => wishes.push(videos) },
        on: (type: string, handler: (event: never) => void) => {
            handlers.set(type, handler);
            return () => undefined;
        },
    } as unknown as Client;
    return {
        call: new CallModel(client, {} as OwnMedia, "tuesday"),
        wishes,
        speak: (id: string) => (speaker.value = people.find((one) => one.id === id)!),
        stage: (body: object) => staged[0]!({ type: "board.stage", body }),
        write: (message: Message) => handlers.get("chat-message")!(message as never),
    };
}

const toAll: Message = { own: false, to: null, from: "ana" };

function look(isLooked: boolean): void {
    vi.spyOn(document, "hidden", "get").mockReturnValue(!isLooked);
    document.dispatchEvent(new Event("visibilitychange"));
}

beforeEach(() => look(true));
afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    settings.saver.value = false;
});

describe("who stands large", () => {
    it("stays when another one speaks for a moment", () => {
        vi.useFakeTimers({ now: 100_000 });
        const { call, speak } = enter();
        speak("ana");
        vi.advanceTimersByTime(500);
        speak("bo");
        vi.advanceTimersByTime(300);
        speak("ana");
        vi.advanceTimersByTime(5000);
        expect(call.heldSpeaker.value?.id).toBe("ana");
    });

    it("changes when the other one goes on", () => {
        vi.useFakeTimers({ now: 100_000 });
        const { call, speak } = enter();
        speak("ana");
        vi.advanceTimersByTime(500);
        speak("bo");
        expect(call.heldSpeaker.value?.id).toBe("ana");
        vi.advanceTimersByTime(1500);
        expect(call.heldSpeaker.value?.id).toBe("bo");
    });
});

describe("unread messages", () => {
    it("count while the chat is closed, and are read when it opens", () => {
        const { call, write } = enter();
        write(toAll);
        write({ ...toAll, own: true });
        expect(call.unread.value).toBe(1);
        call.panel.value = "chat";
        expect(call.unread.value).toBe(0);
    });

    it("that came while nobody looked are read when somebody does", () => {
        const { call, write } = enter();
        call.panel.value = "chat";
        look(false);
        write(toAll);
        expect(call.unread.value).toBe(1);
        look(true);
        expect(call.unread.value).toBe(0);
    });

    it("of another thread wait for it", () => {
        const { call, write } = enter();
        call.panel.value = "chat";
        call.thread.value = "ana";
        write({ ...toAll, from: "bo" });
        expect(call.unread.value).toBe(1);
        call.thread.value = null;
        expect(call.unread.value).toBe(0);
    });
});

describe("what is asked for", () => {
    const ana = {
        participant: "ana",
        source: "camera",
        width: 1000,
        height: 500,
        important: true,
        apart: false,
    } as const;
    const bo = { ...ana, participant: "bo", important: false } as const;
    const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

    it("is no picture in a hidden tab, but what is in a window of its own", async () => {
        look(false);
        const { call, wishes } = enter();
        call.views.show(Symbol(), ana);
        await settle();
        expect(wishes.at(-1)).toEqual([]);
        const place = Symbol();
        call.views.show(place, { ...ana, width: 400, height: 200, apart: true });
        await settle();
        expect(wishes.at(-1)).toMatchObject([{ participant: "ana", width: 360, height: 180 }]);
        look(true);
        call.views.hide(place);
        await settle();
        expect(wishes.at(-1)).toMatchObject([{ participant: "ana", width: 900, height: 450 }]);
    });

    it("is only who speaks, and small, when bandwidth is saved; a screen stays sharp", async () => {
        const { call, wishes } = enter();
        call.views.show(Symbol(), ana);
        call.views.show(Symbol(), bo);
        call.views.show(Symbol(), { ...bo, source: "screen" });
        settings.saver.value = true;
        await settle();
        expect(wishes.at(-1)).toEqual([
            { participant: "ana", source: "camera", width: 360, height: 180 },
            { participant: "bo", source: "screen", width: 900, height: 450 },
        ]);
    });
});

describe("the board", () => {
    it("opens when somebody shows something, unless it was put away", () => {
        const { call, stage } = enter();
        expect(call.isBoardOpen.value).toBe(false);
        stage({ document: 1, page: 1 });
        expect(call.isBoardOpen.value).toBe(true);
        call.showBoard(false);
        stage({});
        stage({ document: 2, page: 1 });
        expect(call.isBoardOpen.value).toBe(false);
    });
});
