// The notes of a room: which there are, and the one that is open.

import { signal, type ReadonlySignal } from "@preact/signals";
import { AuthorBook, PadApi, PadSession, type Access, type Pad } from "@libconf/client/pad";
import { RequestError } from "@libconf/client";
import { settings } from "../app/settings.ts";
import { PadEditor, type EditorWords } from "./editor.ts";

/** Who shows the notes: a call, or a window of their own. */
export interface NotesHost {
    readonly room: string;
    readonly user: ReadonlySignal<{ readonly name: string; readonly hue: number }>;
    /** Null: rooms are open. */
    readonly access?: Access;
    /** What becomes of pages that were made of notes; where there is no board there are none. */
    readonly slides?: {
        readonly may: ReadonlySignal<boolean>;
        readonly made: (title: string) => void;
    };
}

/** The pad that every room has. */
export const firstPad = "notes";
export const keyHintId = "pad-key-hint";

export interface OpenPad {
    readonly name: string;
    readonly session: PadSession;
    readonly book: AuthorBook;
    /** Null until something has come from the server. */
    readonly editor: ReadonlySignal<PadEditor | null>;
}

/** What the toolbar and the dialogs do when keys in the text ask for it. */
export interface Asked {
    link: () => void;
    find: () => void;
    toToolbar: () => void;
    /** The words for a picture; null: it is not wanted after all. */
    describe: (picture: File) => Promise<string | null>;
}

export class Notes {
    readonly api: PadApi;
    readonly host: NotesHost;
    /** Null: not known yet. */
    readonly pads: ReadonlySignal<readonly Pad[] | null>;
    readonly open: ReadonlySignal<OpenPad | null>;
    /** The user interface that is on the screen puts itself in. */
    readonly asked: Asked = {
        link: () => undefined,
        find: () => undefined,
        toToolbar: () => undefined,
        describe: async () => null,
    };
    readonly #pads = signal<readonly Pad[] | null>(null);
    readonly #open = signal<OpenPad | null>(null);
    readonly #words: EditorWords;
    readonly #failed: (error: unknown) => void;
    #ended = false;
    readonly #ends = new Map<PadSession, () => void>();
    readonly #warn = (event: BeforeUnloadEvent): void => {
        if ([...this.#ends.keys()].some((one) => one.unsent.peek())) event.preventDefault();
    };

    constructor(host: NotesHost, words: EditorWords, failed: (error: unknown) => void) {
        this.host = host;
        this.#words = words;
        this.#failed = failed;
        this.pads = this.#pads;
        this.open = this.#open;
        this.api = new PadApi({
            room: host.room,
            ...(host.access === undefined ? {} : { access: host.access }),
        });
    }

    /** What is written and not sent yet is sent first, as long as the page is there. */
    dispose(): void {
        this.#ended = true;
        const { value: last } = this.#open;
        this.#open.value = null;
        if (last !== null) this.#leave(last);
    }

    /** The pads' names and titles; a server that has no list has one pad. */
    async list(): Promise<void> {
        try {
            this.#pads.value = await this.api.list();
        } catch (error) {
            if (!(error instanceof RequestError) || error.code !== "unknown_room") throw error;
        }
    }

    /** In place of the one that is open. */
    show(name: string): void {
        const before = this.#open.peek();
        if (this.#ended || before?.name === name) return;
        this.#open.value = this.#make(name);
        if (before !== null) this.#leave(before);
    }

    async create(title: string): Promise<void> {
        const made = await this.api.create(title);
        this.#pads.value = [...(this.#pads.peek() ?? []), made];
        this.show(made.name);
    }

    async rename(name: string, title: string): Promise<void> {
        const now = await this.api.rename(name, title);
        this.#pads.value = (this.#pads.peek() ?? []).map((one) => (one.name === name ? now : one));
    }

    #make(name: string): OpenPad {
        const { host } = this;
        const session = new PadSession({
            room: host.room,
            pad: name,
            user: host.user.peek(),
            ...(host.access === undefined ? {} : { access: host.access }),
        });
        const book = new AuthorBook();
        const editor = signal<PadEditor | null>(null);
        const off = [
            host.user.subscribe((user) => session.setUser(user)),
            session.people.subscribe((people) => book.see(people)),
            session.state.subscribe((state) => {
                if (state !== "open" || editor.peek() !== null) return;
                editor.value = new PadEditor({
                    session,
                    book,
                    colors: settings.authorColors,
                    words: this.#words,
                    hint: keyHintId,
                    outside: {
                        link: () => this.asked.link(),
                        find: () => this.asked.find(),
                        toToolbar: () => this.asked.toToolbar(),
                    },
                    pictures: {
                        describe: (picture) => this.asked.describe(picture),
                        put: host.access === undefined ? null : (picture) => this.api.putImage(picture),
                        address: (path) => this.api.imageAddress(path),
                    },
                    failed: this.#failed,
                });
                // Those who wrote before; without them they have no colour, and that is all.
                void this.api.authors(name).then(
                    (authors) => book.learn(authors),
                    () => undefined,
                );
            }),
        ];
        addEventListener("beforeunload", this.#warn);
        this.#ends.set(session, () => {
            for (const one of off) one();
            editor.peek()?.dispose();
            session.dispose();
            this.#ends.delete(session);
            if (this.#ends.size === 0) removeEventListener("beforeunload", this.#warn);
        });
        return { name, session, book, editor };
    }

    /** What is written in it and not sent yet is sent first. */
    #leave({ session }: OpenPad): void {
        const off = session.unsent.subscribe((waits) => {
            if (waits) return;
            queueMicrotask(() => {
                off();
                if (this.#open.peek()?.session !== session) this.#ends.get(session)?.();
            });
        });
    }
}
