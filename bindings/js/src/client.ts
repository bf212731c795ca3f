// What an embedder holds in his hand. Wires session, model and media together; has no logic of its own.

import { computed, effect, untracked, type ReadonlySignal } from "@preact/signals-core";
import { Emitter } from "./emitter.ts";
import type { ClientEvents } from "./events.ts";
import type { Line, LineEvents } from "./line.ts";
import { DeviceBook } from "./media/devices.ts";
import { RoomMedia } from "./media/media.ts";
import type { Devices, Media } from "./media/types.ts";
import { ChatLog } from "./model/chat.ts";
import { Model } from "./model/model.ts";
import type { Chat, Guest, Permissions, Person, Room } from "./model/types.ts";
import { RequestError } from "./protocol/errors.ts";
import type { Ask, RequestType, ServerEvent, Welcome } from "./protocol/messages.ts";
import type { Lock, PersonId, Role, Source } from "./protocol/types.ts";
import { signalAddress } from "./session/address.ts";
import { deviceName } from "./session/device.ts";
import { readOptions, type ClientOptions, type Machine } from "./options.ts";
import { SavedSessions } from "./session/saved.ts";
import { Session } from "./session/session.ts";
import { Tabs } from "./session/tabs.ts";
import type { ClientState, Door, Ended, JoinOptions, Lost, SavedSession } from "./session/types.ts";

/** A pad's socket takes its token with it, and may need it again after a while offline. */
const padTokenReserveMs = 60 * 60 * 1000;

/**
 * A visit of one room.
 *
 *     const client = new Client({ room: "tuesday" });
 *     await client.connect();                                  // at the door
 *     await client.join({ name: "Ada" });                      // in, or waiting
 *     effect(() => show(client.people.value));
 *
 * Everything that lives is a signal. Requests may be called once inside; while the connection is lost they
 * wait and are sent when it is back. They reject with `RequestError`.
 */
export class Client {
    readonly state: ReadonlySignal<ClientState>;
    readonly door: ReadonlySignal<Door | null>;
    /** Null until we are in. */
    readonly room: ReadonlySignal<Room | null>;
    /** Everybody, ourselves as well, in the order in which they came. */
    readonly people: ReadonlySignal<readonly Person[]>;
    readonly self: ReadonlySignal<Person | null>;
    /** Who waits to be let in; for moderators. */
    readonly waiting: ReadonlySignal<readonly Guest[]>;
    /** What moderators tell us while we wait ourselves; empty: nothing. */
    readonly waitingMessage: ReadonlySignal<string>;
    /** Who speaks, or spoke last. */
    readonly speaker: ReadonlySignal<Person | null>;
    readonly may: ReadonlySignal<Permissions>;
    /** Null while the connection stands. */
    readonly lost: ReadonlySignal<Lost | null>;
    readonly ended: ReadonlySignal<Ended | null>;
    /** Server's time minus ours, ms. */
    readonly clockOffset: ReadonlySignal<number>;
    readonly chat: Chat;
    readonly media: Media;
    readonly devices: Devices;

    /** For parts of a meeting that are loaded when somebody opens them, as the board is. */
    readonly line: Line;

    #padToken: { readonly token: string; readonly expires: number } | null = null;
    readonly #events = new Emitter<ClientEvents>();
    readonly #parts = new Emitter<LineEvents>();
    readonly #machine: Machine;
    readonly #saved: SavedSessions;
    readonly #session: Session;
    readonly #model: Model;
    readonly #chat: ChatLog;
    readonly #media: RoomMedia;
    readonly #devices: DeviceBook;
    readonly #tabs: Tabs;
    readonly #networkChanged = (): void => {
        this.#session.probe();
        this.#media.networkChanged();
    };
    readonly #offSilence: () => void;

    /** Throws `TypeError` for an address that cannot be one, and where there is no WebSocket. */
    constructor(options: ClientOptions) {
        const machine = (this.#machine = readOptions(options));
        const address = signalAddress(options);
        const { clock, random } = machine;
        this.#saved = new SavedSessions(machine.sessionStore, address, clock);
        this.#session = new Session(
            {
                address,
                token: options.token ?? null,
                clientName: options.clientName ?? null,
                device: deviceName(machine.localStore, random),
                clock,
                random,
                webSocket: machine.webSocket,
                saved: this.#saved,
            },
            {
                welcome: (welcome, how) => this.#welcome(welcome, how),
                outside: () => {
                    this.#model.clear();
                    this.#media.end();
                },
                event: (event) => this.#event(event),
                unknown: (type, body) => this.#parts.emit("event", { type, body }),
                frame: (bytes) => this.#parts.emit("frame", bytes),
                lost: (why) => {
                    this.#media.lose();
                    this.#parts.emit("lost", {});
                    this.#events.emit("lost", { why });
                },
                ended: (ended) => this.#over(ended),
                problem: (error) => this.#events.emit("error", { where: "session", error }),
                mediaOn: () => this.#media.onAtJoin(),
                joining: (on) => this.#media.joins(on),
                transports: () => this.#media.resumable(),
            },
        );
        this.#media = new RoomMedia({
            clock,
            random,
            peerConnection: machine.peerConnection,
            capabilities: machine.capabilities,
            ask: (type, fields, asked) => this.#session.ask(type, fields, asked),
            problem: (where, error) => this.#events.emit("error", { where, error }),
            trackEnded: (source) => this.#events.emit("track-ended", { source }),
            turnedOff: (source) => this.#events.emit("muted", { source, by: null }),
            hasCompany: () => this.#model.people.all.peek().length > 1,
            self: () => this.#model.people.self.peek()?.id ?? null,
            signalling: () => this.#session.lost.value === null,
        });
        this.#model = new Model(
            this.#media.levels,
            this.#events,
            () => this.#session.door.value?.you?.name != null,
        );
        this.#chat = new ChatLog({
            clock,
            random,
            ask: (type, fields, asked) => this.#session.ask(type, fields, asked),
            now: () => clock.now() + this.#model.clockOffset.peek(),
            self: () => this.#model.people.self.peek(),
            person: (id) => this.#model.people.all.value.find((one) => one.id === id) ?? null,
            came: (message) => this.#events.emit("chat-message", message),
            changed: (id) => this.#events.emit("chat-changed", { id }),
        });
        this.#devices = new DeviceBook({
            mediaDevices: machine.mediaDevices,
            permissions: machine.permissions,
            storage: machine.localStore,
            clock,
        });
        this.#tabs = new Tabs(machine.broadcastChannel, address, clock, random, () =>
            this.#session.handOver(),
        );
        machine.network?.addEventListener("online", this.#networkChanged);
        machine.path?.addEventListener("change", this.#networkChanged);
        // Where media fall silent the socket is often dead, too, and would not know for a long time.
        const isSilent = computed(() => {
            const { publish, receive } = this.#media.transports.value;
            return publish === "interrupted" || receive === "interrupted";
        });
        this.#offSilence = effect(() => {
            if (isSilent.value) untracked(() => this.#mediaFellSilent());
        });

        this.state = this.#session.state;
        this.door = this.#session.door;
        this.lost = this.#session.lost;
        this.ended = this.#session.ended;
        this.waitingMessage = this.#session.waitingMessage;
        this.room = this.#model.room;
        this.people = this.#model.people.all;
        this.self = computed(() => this.#model.people.self.value);
        this.waiting = this.#model.waiting;
        this.speaker = this.#model.speaker;
        this.may = this.#model.may;
        this.clockOffset = this.#model.clockOffset;
        this.chat = this.#chat;
        this.media = this.#media;
        this.devices = this.#devices;
        this.line = {
            ask: (type, fields, asked) =>
                this.#session.ask(type as RequestType, fields as Ask<RequestType>, asked) as Promise<never>,
            send: (frame) => this.#session.send(frame),
            on: (type, handler) => this.#parts.on(type, handler),
        };
    }

    /**
     * Comes to the door. Rejects with `unreachable`, or with what the server answers; may be called again
     * then.
     */
    connect(): Promise<Door> {
        return this.#session.connect();
    }

    /**
     * Comes in, or into the waiting room: `"waiting"`; the event `admitted` tells the rest. Connects if need
     * be.
     */
    async join(options: JoinOptions): Promise<"in" | "waiting"> {
        if (options.microphone === false) await this.#media.setMuted("microphone", true);
        if (options.camera === false) await this.#media.setMuted("camera", true);
        return this.#session.join(options);
    }

    /** What this tab was in before a reload, if that can be resumed. */
    savedSession(): SavedSession | null {
        const saved = this.#saved.read();
        return saved === null ? null : { name: saved.name, at: saved.at };
    }

    /**
     * Comes back as the same person: after a reload, in place of `connect` and `join`, or after `ended` said
     * `replaced`. Keeps trying while the server cannot be reached; rejects with `gone` when the place is
     * lost.
     */
    resume(): Promise<"in" | "waiting"> {
        return this.#session.resume();
    }

    /** Drops what `savedSession` tells of. */
    forget(): void {
        this.#saved.remove();
    }

    /** Whether this room is open in another tab of this browser; waits 200 ms for its word. */
    isOpenElsewhere(): Promise<boolean> {
        return this.#tabs.isOpenElsewhere();
    }

    /**
     * Takes the visit over from another tab, where it ends as `replaced`. Rejects with `gone` if there is
     * none.
     */
    async moveHere(): Promise<"in" | "waiting"> {
        const there = await this.#tabs.takeOver();
        if (there === null) throw new RequestError("gone", "the room is open in no other tab");
        this.#session.adopt(there.resume, there.name);
        return this.#session.resume();
    }

    /** Leaves; after two seconds even if the server says nothing. */
    leave(): Promise<void> {
        return this.#session.leave();
    }

    /** While reconnecting: try now, do not wait. */
    retryNow(): void {
        this.#session.retryNow();
    }

    /** Ends everything at once, without a word: for the page's end and for tests. The place is kept 60 s. */
    dispose(): void {
        this.#machine.network?.removeEventListener("online", this.#networkChanged);
        this.#machine.path?.removeEventListener("change", this.#networkChanged);
        this.#offSilence();
        this.#session.dispose();
        this.#media.dispose();
        this.#chat.close();
        this.#devices.dispose();
        this.#tabs.close();
        this.#events.clear();
        this.#parts.clear();
    }

    /** Calls `handler` at each such event, until the function that is returned is called. */
    on<K extends keyof ClientEvents>(type: K, handler: (event: ClientEvents[K]) => void): () => void {
        return this.#events.on(type, handler);
    }

    raiseHand(up = true): Promise<void> {
        return this.#do("hand", { up });
    }

    /** A picture that flies over the screen: an emoji. */
    react(emoji: string): Promise<void> {
        return this.#do("react", { emoji });
    }

    setAway(on: boolean): Promise<void> {
        return this.#do("away", { on });
    }

    rename(name: string): Promise<void> {
        return this.#do("name", { name });
    }

    lowerHand(participant: PersonId): Promise<void> {
        return this.#do("hand.lower", { participant });
    }

    lowerAllHands(): Promise<void> {
        return this.#do("hand.lower", {});
    }

    /** Turns somebody's source off; only its owner turns it on again. For one's own use `media.setMuted`. */
    mute(participant: PersonId, source: Source = "microphone"): Promise<void> {
        return this.#do("mute", { participant, source });
    }

    /** All but moderators. */
    muteAll(source: Source = "microphone"): Promise<void> {
        return this.#do("mute", { source });
    }

    askToUnmute(participant: PersonId): Promise<void> {
        return this.#do("unmute.ask", { participant });
    }

    setRole(participant: PersonId, role: Role): Promise<void> {
        return this.#do("role", { participant, role });
    }

    remove(participant: PersonId, options: { ban?: boolean } = {}): Promise<void> {
        return this.#do("remove", { participant, ...(options.ban === true ? { ban: true } : {}) });
    }

    /** Ends the meeting for everybody. */
    endMeeting(): Promise<void> {
        return this.#do("end", {});
    }

    /** Only the locks that are named change. */
    setLocks(locks: { readonly [name in Lock]?: boolean }): Promise<void> {
        return this.#do("lock", { locks });
    }

    setTitle(title: string): Promise<void> {
        return this.#do("room", { title });
    }

    /** Turning it off lets everybody in. */
    setLobby(on: boolean): Promise<void> {
        return this.#do("room", { lobby: on });
    }

    admit(participant: PersonId): Promise<void> {
        return this.#do("admit", { participant });
    }

    admitAll(): Promise<void> {
        return this.#do("admit", {});
    }

    refuse(participant: PersonId): Promise<void> {
        return this.#do("refuse", { participant });
    }

    /** What those who wait read. */
    lobbyMessage(text: string): Promise<void> {
        return this.#do("lobby.message", { text });
    }

    /**
     * Opens the room's pads, for `access` of `@libconf/client/pad`. A new one when the last is almost over,
     * or when a `fresh` one is wanted: after a restart the server may know none of before.
     */
    async padToken(fresh = false): Promise<string> {
        const now = this.#machine.clock.now() + this.clockOffset.peek();
        if (fresh || this.#padToken === null || this.#padToken.expires - now < padTokenReserveMs) {
            const { token, expires } = await this.#session.ask("pads", {});
            this.#padToken = { token, expires };
        }
        return this.#padToken.token;
    }

    async #do<T extends RequestType>(type: T, fields: Ask<T>): Promise<void> {
        await this.#session.ask(type, fields);
    }

    #welcome(
        welcome: Omit<Welcome, "type">,
        how: { readonly wasWaiting: boolean; readonly lostMs: number | null },
    ): () => void {
        this.#model.welcome(welcome, this.#machine.clock.now());
        this.#chat.welcome(welcome);
        const mediaKept = this.#media.welcome(welcome, how.lostMs);
        return () => {
            this.#parts.emit("welcome", {});
            if (how.lostMs !== null) this.#events.emit("reconnected", { lostMs: how.lostMs, mediaKept });
            if (how.wasWaiting) this.#events.emit("admitted", {});
        };
    }

    #mediaFellSilent(): void {
        if (this.#session.lost.value === null) this.#session.probe();
    }

    #event(event: ServerEvent): void {
        const known = this.#media.event(event) || this.#chat.event(event) || this.#model.event(event);
        if (known) return;
        if (event.type === "muted") {
            this.#events.emit("muted", { source: event.source, by: this.#model.person(event.by) });
        }
        if (event.type === "restarting") this.#events.emit("restarting", {});
    }

    #over(ended: Ended): void {
        this.#media.end();
        this.#chat.close();
        if (ended.reason === "replaced") this.#events.emit("taken-over", {});
        this.#events.emit("ended", ended);
    }
}
