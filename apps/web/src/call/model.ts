// What the call screen knows besides the client: panels, pins, what is open.

import { computed, effect, signal, type ReadonlySignal } from "@preact/signals";
import type { Client, Person, VideoSource } from "@libconf/client";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { OwnMedia } from "../app/own_media.ts";
import { settings } from "../app/settings.ts";
import { BoardWatch, tellOfBoard } from "./board_watch.ts";
import type { Notes } from "../pad/notes.ts";
import { hueOf } from "./hue.ts";
import { Views } from "./views.ts";

export type Panel = "people" | "chat" | "notes" | "info";
/** What is fetched when the notes are first opened. */
export type NotesParts = Pick<typeof import("../pad/pad.tsx"), "makeNotes" | "PadView">;
export type CallDialog = "settings" | "shortcuts" | "end" | "leave-end" | "share";

/** One picture on the stage: a person, or the screen that he shares. */
export interface TileOf {
    readonly key: string;
    readonly person: Person;
    readonly source: VideoSource;
}

export interface Flying {
    readonly number: number;
    readonly emoji: string;
    readonly name: string;
    readonly at: number;
}

const pinsMost = 6;
const speakerHoldMs = 2000;

export function tileKey(person: string, source: VideoSource): string {
    return `${person} ${source}`;
}

export class CallModel {
    readonly client: Client;
    readonly own: OwnMedia;
    readonly room: string;
    readonly views: Views;
    readonly panel = signal<Panel | null>(null);
    readonly dialog = signal<CallDialog | null>(null);
    readonly settingsTab = signal("audio");
    /** The board is on the stage. */
    readonly isBoardOpen = signal(false);
    readonly boardWatch: BoardWatch;
    readonly pins = signal<readonly string[]>([]);
    readonly page = signal(0);
    readonly audioBlocked = signal(false);
    /** With whom the chat panel shows the private talk; null: everybody. */
    readonly thread = signal<string | null>(null);
    /** By thread; "" is everybody. */
    readonly unreadIn = signal<{ readonly [thread: string]: number }>({});
    readonly unread: ReadonlySignal<number>;
    /** Somebody looks at this tab. */
    readonly looked = signal(!document.hidden);
    /** The stage is in a window of its own, too. */
    readonly poppedOut = signal(false);
    readonly drafts = new Map<string, string>();
    readonly flying = signal<readonly Flying[]>([]);
    /** Who speaks, changing not more often than every two seconds. */
    readonly heldSpeaker = signal<Person | null>(null);
    readonly tiles: ReadonlySignal<readonly TileOf[]>;
    readonly focused: ReadonlySignal<readonly TileOf[]>;
    /** Who asked to see somebody moved to the start. */
    readonly moved = signal<string | null>(null);
    readonly #off: (() => void)[] = [];
    #nextReaction = 1;
    #hasClosedBoard = false;
    #heldAt = 0;
    #holding: ReturnType<typeof setTimeout> | undefined;
    #openPad: (() => string | null) | null = null;
    #notes: Promise<{ readonly parts: NotesParts; readonly notes: Notes }> | null = null;

    constructor(client: Client, own: OwnMedia, room: string) {
        this.client = client;
        this.own = own;
        this.room = room;
        this.views = new Views(client);
        this.boardWatch = new BoardWatch(client, () => {
            if (this.#hasClosedBoard) tellOfBoard(this);
            else this.isBoardOpen.value = true;
        });
        this.tiles = computed(() => tilesOf(client.people.value, settings.hideSelf.value));
        this.focused = computed(() => this.#focus());
        this.unread = computed(() => Object.values(this.unreadIn.value).reduce((sum, one) => sum + one, 0));
        this.#off.push(
            client.on("reaction", ({ person, emoji }) => this.fly(emoji, person.name.value)),
            client.on("chat-message", (message) => {
                if (message.own) return;
                const thread = message.to === null ? "" : message.from;
                if (this.#reads() === thread) return;
                const before = this.unreadIn.value[thread] ?? 0;
                this.unreadIn.value = { ...this.unreadIn.value, [thread]: before + 1 };
            }),
            effect(() => this.views.setSaver(settings.saver.value)),
            effect(() => {
                const thread = this.#reads();
                if (thread === null || this.unreadIn.peek()[thread] === undefined) return;
                const { [thread]: _, ...others } = this.unreadIn.peek();
                this.unreadIn.value = others;
            }),
            effect(() => this.views.setHidden(!this.looked.value)),
            effect(() => this.#hold(client.speaker.value)),
            effect(() => {
                const there = new Set(this.tiles.value.map((one) => one.key));
                const kept = this.pins.peek().filter((key) => there.has(key));
                if (kept.length !== this.pins.peek().length) this.pins.value = kept;
            }),
        );
        const look = (): void => {
            this.looked.value = !document.hidden;
        };
        document.addEventListener("visibilitychange", look);
        this.#off.push(() => document.removeEventListener("visibilitychange", look));
    }

    dispose(): void {
        clearTimeout(this.#holding);
        this.boardWatch.dispose();
        void this.#notes?.then(
            ({ notes }) => notes.dispose(),
            () => undefined,
        );
        for (const off of this.#off.splice(0)) off();
    }

    /** Until the function that is returned is called. */
    atEnd(work: () => void): () => void {
        this.#off.push(work);
        return () => {
            const at = this.#off.indexOf(work);
            if (at >= 0) this.#off.splice(at, 1);
        };
    }

    /** The same ones as long as the call lasts. */
    openNotes(
        fetch: () => Promise<NotesParts>,
    ): Promise<{ readonly parts: NotesParts; readonly notes: Notes }> {
        this.#notes ??= fetch().then(
            (parts) => {
                const { self } = this.client;
                const user = computed(() => ({
                    name: self.value?.name.value ?? "",
                    hue: hueOf(self.value?.id ?? ""),
                }));
                const access = (fresh: boolean): Promise<string> => this.client.padToken(fresh);
                const slides = {
                    may: computed(() => (self.value?.role.value ?? "viewer") !== "viewer"),
                    made: () => this.showBoard(true),
                };
                const notes = parts.makeNotes({ room: this.room, user, access, slides }, null);
                this.#openPad = () => notes.open.value?.name ?? null;
                return { parts, notes };
            },
            (error: unknown) => {
                this.#notes = null;
                throw error;
            },
        );
        return this.#notes;
    }

    /** The name of the notes that are open; null: none. */
    readonly openPad = (): string | null => this.#openPad?.() ?? null;

    toggle(panel: Panel): void {
        this.panel.value = this.panel.value === panel ? null : panel;
    }

    showBoard(on: boolean): void {
        this.#hasClosedBoard = !on;
        this.isBoardOpen.value = on;
    }

    isPinned(key: string): boolean {
        return this.pins.value.includes(key);
    }

    togglePin(key: string): void {
        const pins = this.pins.value;
        this.pins.value = pins.includes(key)
            ? pins.filter((one) => one !== key)
            : [...pins, key].slice(-pinsMost);
    }

    writeTo(person: Person): void {
        this.thread.value = person.id;
        this.panel.value = "chat";
    }

    fly(emoji: string, name: string): void {
        const made = { number: this.#nextReaction++, emoji, name, at: Math.random() };
        this.flying.value = [...this.flying.value.slice(-20), made];
        setTimeout(() => {
            this.flying.value = this.flying.value.filter((one) => one.number !== made.number);
        }, 4000);
    }

    /** The thread that is on the screen before somebody's eyes; null: none. */
    #reads(): string | null {
        return this.panel.value === "chat" && this.looked.value ? (this.thread.value ?? "") : null;
    }

    /** What stands large: what the user pinned, else what somebody shares, else (if chosen) who speaks. */
    #focus(): readonly TileOf[] {
        const tiles = this.tiles.value;
        const pinned = tiles.filter((one) => this.pins.value.includes(one.key));
        if (pinned.length > 0) return pinned;
        const shared = tiles.filter((one) => one.source === "screen" && !one.person.isSelf);
        if (shared.length > 0) return shared.slice(0, 1);
        if (settings.layout.value !== "speaker" || tiles.length < 2) return [];
        const speaker = this.heldSpeaker.value;
        const of = (fits: (one: TileOf) => boolean): TileOf | undefined => tiles.find(fits);
        const large =
            of((one) => one.person === speaker && !one.person.isSelf) ?? of((one) => !one.person.isSelf);
        return large === undefined ? [] : [large];
    }

    #hold(next: Person | null): void {
        clearTimeout(this.#holding);
        if (next === null || next === this.heldSpeaker.peek()) return;
        const wait = this.#heldAt + speakerHoldMs - Date.now();
        const change = (): void => {
            this.#heldAt = Date.now();
            this.heldSpeaker.value = next;
        };
        if (wait <= 0) change();
        else this.#holding = setTimeout(change, wait);
    }
}

export function tilesOf(people: readonly Person[], hideSelf: boolean): readonly TileOf[] {
    const tiles: TileOf[] = [];
    for (const person of people) {
        if (person.screen.value) tiles.push({ key: tileKey(person.id, "screen"), person, source: "screen" });
        if (person.isSelf && hideSelf && people.length > 1) continue;
        tiles.push({ key: tileKey(person.id, "camera"), person, source: "camera" });
    }
    return tiles;
}

export const CallContext = createContext<CallModel | null>(null);

export function useCall(): CallModel {
    const model = useContext(CallContext);
    if (model === null) throw new Error("a part of the call outside of one");
    return model;
}
