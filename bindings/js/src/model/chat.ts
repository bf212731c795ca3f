// The chat: what the server keeps, and behind it what is still on its way there.

import { batch, computed, signal, type ReadonlySignal } from "@preact/signals-core";
import { RequestError } from "../protocol/errors.ts";
import type { Answer, Ask, RequestType, ServerEvent, Welcome } from "../protocol/messages.ts";
import type { MessageId, PersonId, WireMessage } from "../protocol/types.ts";
import type { Clock } from "../session/types.ts";
import { fromWire, joinPages } from "./chat_message.ts";
import { TypingOthers, TypingSelf } from "./typing.ts";
import type { Chat, ChatMessage, Person, Typing } from "./types.ts";

export interface ChatSetup {
    readonly clock: Clock;
    readonly random: () => number;
    ask<T extends RequestType>(type: T, fields: Ask<T>, options?: { once?: boolean }): Promise<Answer<T>>;
    /** Server's time. */
    now(): number;
    self(): Person | null;
    /** Signals inside are followed. */
    person(id: PersonId): Person | null;
    came(message: ChatMessage): void;
    changed(id: MessageId): void;
}

const pageSize = 100;

export class ChatLog implements Chat {
    readonly messages: ReadonlySignal<readonly ChatMessage[]>;
    readonly more: ReadonlySignal<boolean>;
    readonly typing: ReadonlySignal<readonly Typing[]>;
    readonly #kept = signal<readonly ChatMessage[]>([]);
    /** Of those that are kept: their keys. A long talk is not searched for each line that comes. */
    readonly #keyOf = new Map<MessageId, string>();
    readonly #onTheWay = signal<readonly ChatMessage[]>([]);
    readonly #more = signal(false);
    readonly #setup: ChatSetup;
    readonly #typing: TypingOthers;
    readonly #typingSelf: TypingSelf;
    readonly #ownIds = new Set<PersonId>();
    readonly #keyBase: string;
    #keys = 0;
    #loading: Promise<boolean> | null = null;
    /** Rises when the list is replaced: a page that was asked for before does not fit any more. */
    #edition = 0;

    constructor(setup: ChatSetup) {
        this.#setup = setup;
        this.#typing = new TypingOthers(setup.clock);
        this.#typingSelf = new TypingSelf(setup.clock, (on, to) => {
            const fields = to === undefined ? { on } : { on, to };
            setup.ask("chat.typing", fields, { once: true }).catch(() => undefined);
        });
        // Unique in the room for this person, over reloads as well.
        const chance = Math.floor(setup.random() * 2 ** 48);
        this.#keyBase = `${setup.clock.now().toString(36)}-${chance.toString(36)}`;
        this.messages = computed(() => {
            const [kept, onTheWay] = [this.#kept.value, this.#onTheWay.value];
            return onTheWay.length === 0 ? kept : [...kept, ...onTheWay];
        });
        this.more = this.#more;
        this.typing = computed(() =>
            this.#typing.all.value.flatMap((one) => {
                const person = setup.person(one.id);
                return person === null ? [] : [{ person, private: one.private }];
            }),
        );
    }

    send(text: string, options: { to?: PersonId; replyTo?: MessageId } = {}): Promise<ChatMessage> {
        const self = this.#setup.self();
        if (self === null) return Promise.reject(new RequestError("state", "not in the room"));
        const message: ChatMessage = {
            key: `${this.#keyBase}-${++this.#keys}`,
            id: null,
            from: self.id,
            name: self.name.peek(),
            own: true,
            text,
            at: this.#setup.now(),
            to: options.to ?? null,
            replyTo: options.replyTo ?? null,
            edited: null,
            deleted: false,
            reactions: [],
            state: "sending",
            error: null,
        };
        this.#typingSelf.set(false, undefined);
        this.#onTheWay.value = [...this.#onTheWay.value, message];
        return this.#deliver(message);
    }

    retry(key: string): Promise<ChatMessage> {
        const failed = this.#onTheWay.value.find((one) => one.key === key && one.state === "failed");
        if (failed === undefined)
            return Promise.reject(new RequestError("state", "no failed message of that key"));
        const again: ChatMessage = { ...failed, state: "sending", error: null };
        this.#replaceOnTheWay(again);
        return this.#deliver(again);
    }

    discard(key: string): void {
        this.#onTheWay.value = this.#onTheWay.value.filter(
            (one) => one.key !== key || one.state !== "failed",
        );
    }

    async edit(message: MessageId, text: string): Promise<void> {
        await this.#setup.ask("chat.edit", { message, text });
    }

    async remove(message: MessageId): Promise<void> {
        await this.#setup.ask("chat.delete", { message });
    }

    async react(message: MessageId, emoji: string, on: boolean): Promise<void> {
        await this.#setup.ask("chat.react", { message, emoji, on });
    }

    setTyping(on: boolean, options: { to?: PersonId } = {}): void {
        this.#typingSelf.set(on, options.to);
    }

    loadOlder(): Promise<boolean> {
        this.#loading ??= this.#load().finally(() => (this.#loading = null));
        return this.#loading;
    }

    // From the server.

    welcome(welcome: Omit<Welcome, "type">): void {
        this.#ownIds.add(welcome.you);
        this.#typing.clear();
        this.#typingSelf.reset();
        const newest = welcome.chat.messages.map((one) => this.#read(one));
        const joined = joinPages(this.#kept.value, newest);
        if (joined === null) this.#edition += 1;
        // Where older pages were loaded before, we know already whether there is more beyond them.
        const hadOlder = joined !== null && joined.length > newest.length;
        const keys = new Set(newest.map((one) => one.key));
        batch(() => {
            this.#keep(joined ?? newest);
            if (!hadOlder) this.#more.value = welcome.chat.more;
            this.#onTheWay.value = this.#onTheWay.value.filter((one) => !keys.has(one.key));
        });
    }

    /** Whether it was about the chat. */
    event(event: ServerEvent): boolean {
        switch (event.type) {
            case "chat.message": {
                const fresh = this.#take(this.#read(event.message));
                this.#typing.end(event.message.from);
                if (fresh !== null) this.#setup.came(fresh);
                return true;
            }
            case "chat.changed": {
                const changed = this.#read(event.message);
                this.#kept.value = this.#kept.value.map((one) => (one.id === changed.id ? changed : one));
                this.#setup.changed(event.message.id);
                return true;
            }
            case "chat.typing":
                this.#typing.heard(event.id, event.on, event.to !== undefined);
                return true;
            case "person.left":
                this.#typing.end(event.id);
                return false;
            default:
                return false;
        }
    }

    /** The visit is over: timers stop, the text stays readable. */
    close(): void {
        this.#typing.clear();
        this.#typingSelf.reset();
    }

    #keep(messages: readonly ChatMessage[]): void {
        this.#keyOf.clear();
        for (const { id, key } of messages) if (id !== null) this.#keyOf.set(id, key);
        this.#kept.value = messages;
    }

    /** A line keeps the key that it had first. */
    #read(wire: WireMessage): ChatMessage {
        const read = fromWire(wire, this.#ownIds);
        const key = this.#keyOf.get(wire.id);
        return key === undefined ? read : { ...read, key };
    }

    /** Puts a line where it belongs, once; null where it was known, or is one that we have just sent. */
    #take(message: ChatMessage): ChatMessage | null {
        const wasOnTheWay = this.#onTheWay.value.some((one) => one.key === message.key);
        const { id } = message;
        const isNew = id !== null && !this.#keyOf.has(id);
        batch(() => {
            if (isNew) {
                this.#keyOf.set(id, message.key);
                this.#kept.value = [...this.#kept.value, message];
            }
            if (!wasOnTheWay) return;
            this.#onTheWay.value = this.#onTheWay.value.filter((one) => one.key !== message.key);
        });
        return isNew && !wasOnTheWay ? message : null;
    }

    async #deliver(message: ChatMessage): Promise<ChatMessage> {
        try {
            const answer = await this.#setup.ask("chat.send", {
                text: message.text,
                key: message.key,
                ...(message.to === null ? {} : { to: message.to }),
                ...(message.replyTo === null ? {} : { reply_to: message.replyTo }),
            });
            const sent: ChatMessage = {
                ...message,
                id: answer.message,
                at: answer.at,
                state: "sent",
            };
            // The event may have been faster, and knows more.
            this.#take(sent);
            return this.#kept.value.find((one) => one.id === answer.message) ?? sent;
        } catch (error) {
            const why = error instanceof RequestError ? error.code : String(error);
            this.#replaceOnTheWay({ ...message, state: "failed", error: why });
            throw error;
        }
    }

    #replaceOnTheWay(message: ChatMessage): void {
        this.#onTheWay.value = this.#onTheWay.value.map((one) => (one.key === message.key ? message : one));
    }

    async #load(): Promise<boolean> {
        const first = this.#kept.value[0];
        if (!this.#more.value || first === undefined || first.id === null) return this.#more.value;
        const edition = this.#edition;
        const page = await this.#setup.ask("chat.history", { before: first.id, limit: pageSize });
        if (edition !== this.#edition) return this.#more.value;
        const older = page.messages
            .filter((one) => !this.#keyOf.has(one.id))
            .map((one) => fromWire(one, this.#ownIds));
        this.#keep([...older, ...this.#kept.value]);
        this.#more.value = page.more;
        return page.more;
    }
}
