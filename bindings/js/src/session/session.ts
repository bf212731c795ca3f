// The way into a room and, when the connection is lost, the way back. Knows nothing of what a room is.

import { batch, signal, type ReadonlySignal, type Signal } from "@preact/signals-core";
import type { Incoming } from "../protocol/decode.ts";
import { RequestError, type ErrorCode } from "../protocol/errors.ts";
import {
    protocolVersion,
    type Answer,
    type Ask,
    type HelloAnswer,
    type RequestType,
    type ServerEvent,
    type WaitingAnswer,
    type Welcome,
} from "../protocol/messages.ts";
import { reconnectDelayMs } from "./backoff.ts";
import { Alarm } from "./clock.ts";
import { canRejoin, isPassing, readCloseCode } from "./close_codes.ts";
import { Link, type LinkOwner } from "./link.ts";
import { Requests, type AskOptions } from "./requests.ts";
import type { SavedSessions } from "./saved.ts";
import type { ClientState, Clock, Door, Ended, EndReason, JoinOptions, Lost, LostWhy } from "./types.ts";

/** Silence after which we ask whether the line is alive, and how long the answer may take. */
export const silenceMs = 30_000;
export const probeTimeoutMs = 5_000;
/** A connection that held for so long was a good one: the next loss begins with the shortest wait. */
const goodConnectionMs = 3_000;
const leaveTimeoutMs = 2_000;

export interface SessionSetup {
    readonly address: string;
    readonly token: string | null;
    readonly clientName: string | null;
    /** Against which a ban holds. */
    readonly device: string | null;
    readonly clock: Clock;
    readonly random: () => number;
    readonly webSocket: typeof WebSocket;
    readonly saved: SavedSessions;
}

export interface OnAtJoin {
    readonly microphone: boolean;
    readonly camera: boolean;
}

/** Who lives in the room: hears what happens, and is asked what to say of the media. */
export interface SessionOwner {
    /**
     * `lostMs`: how long the connection was lost; null: this is no return. Returns what is to be told when
     * all signals say the same.
     */
    welcome(
        welcome: Omit<Welcome, "type">,
        how: { readonly wasWaiting: boolean; readonly lostMs: number | null },
    ): () => void;
    /** At the door or in the waiting room: nothing of a room is ours. */
    outside(): void;
    event(event: ServerEvent): void;
    /** An event that is not known here; a binary frame. */
    unknown(type: string, body: Record<string, unknown>): void;
    frame(bytes: Uint8Array): void;
    lost(why: LostWhy): void;
    ended(ended: Ended): void;
    problem(error: Error): void;
    /** What is on when we come in. */
    mediaOn(): OnAtJoin;
    /** What we have just said of it. */
    joining(on: OnAtJoin): void;
    /** Transports that wait to be resumed. */
    transports(): { readonly publish: boolean; readonly receive: boolean };
}

interface Promised<T> {
    resolve(value: T): void;
    reject(error: RequestError): void;
}

type Entered = "in" | "waiting";

export class Session {
    readonly state: ReadonlySignal<ClientState>;
    readonly door: ReadonlySignal<Door | null>;
    readonly lost: ReadonlySignal<Lost | null>;
    readonly ended: ReadonlySignal<Ended | null>;
    readonly waitingMessage: ReadonlySignal<string>;

    readonly #state: Signal<ClientState> = signal<ClientState>("idle");
    readonly #door = signal<Door | null>(null);
    readonly #lost = signal<Lost | null>(null);
    readonly #ended = signal<Ended | null>(null);
    readonly #waitingMessage = signal("");

    readonly #setup: SessionSetup;
    readonly #owner: SessionOwner;
    readonly #requests: Requests;
    readonly #retry: Alarm;
    readonly #watch: Alarm;
    #link: Link | null = null;
    #greeted = false;
    #wasWaiting = false;
    #attempts = 0;
    #goodSince: number | null = null;
    #resumeToken: string | null = null;
    #name = "";
    #joining: JoinOptions | null = null;
    #connected: Promised<Door> | null = null;
    #entered: Promised<Entered> | null = null;

    constructor(setup: SessionSetup, owner: SessionOwner) {
        this.#setup = setup;
        this.#owner = owner;
        this.#requests = new Requests(setup.clock, () => this.#link?.fail("no answer"));
        this.#retry = new Alarm(setup.clock);
        this.#watch = new Alarm(setup.clock);
        this.state = this.#state;
        this.door = this.#door;
        this.lost = this.#lost;
        this.ended = this.#ended;
        this.waitingMessage = this.#waitingMessage;
    }

    // What the user wants.

    connect(): Promise<Door> {
        if (this.#state.value !== "idle" && this.#state.value !== "left") return this.#outOfOrder("connect");
        return new Promise((resolve, reject) => {
            this.#connected = { resolve, reject };
            this.#begin("connecting");
        });
    }

    async join(options: JoinOptions): Promise<Entered> {
        if (this.#state.value === "idle" || this.#state.value === "left") await this.connect();
        if (!["door", "connecting"].includes(this.#state.value) || this.#entered !== null) {
            return this.#outOfOrder("join");
        }
        return new Promise((resolve, reject) => {
            this.#entered = { resolve, reject };
            this.#joining = options;
            this.#name = options.name;
            const atDoor = this.#state.value === "door";
            this.#state.value = "joining";
            if (atDoor) this.#askToJoin(options);
        });
    }

    resume(): Promise<Entered> {
        if (!["idle", "left", "door"].includes(this.#state.value)) return this.#outOfOrder("resume");
        const saved = this.#setup.saved.read();
        if (this.#resumeToken === null && saved !== null) {
            this.#resumeToken = saved.resume;
            this.#name = saved.name;
        }
        if (this.#resumeToken === null) {
            return Promise.reject(new RequestError("gone", "there is no session to come back to"));
        }
        return new Promise((resolve, reject) => {
            this.#entered = { resolve, reject };
            this.#begin("reconnecting");
        });
    }

    /** Makes another tab's session ours. */
    adopt(resume: string, name: string): void {
        this.#resumeToken = resume;
        this.#name = name;
    }

    /** What another tab would need to go on in our place. */
    handOver(): { resume: string; name: string } | null {
        const inside = ["in", "waiting", "reconnecting"].includes(this.#state.value);
        return inside && this.#resumeToken !== null ? { resume: this.#resumeToken, name: this.#name } : null;
    }

    async leave(): Promise<void> {
        const state = this.#state.value;
        if (state === "left" || state === "idle") return;
        if (state === "in" || state === "waiting") {
            // From the waiting room it may be refused; then the end of the connection says the same.
            await this.ask("leave", {}, { handshake: true, timeoutMs: leaveTimeoutMs }).catch(
                () => undefined,
            );
        }
        this.#end("left", null, "");
    }

    dispose(): void {
        this.#hangUp();
        this.#requests.end("disposed");
        this.#state.value = "left";
    }

    retryNow(): void {
        if (this.#retry.armed) this.#attempt();
    }

    /** The network has changed, or something else is silent: find out whether this line lives. */
    probe(): void {
        if (this.#retry.armed) return this.#attempt();
        if (this.#state.value !== "in" && this.#state.value !== "waiting") return;
        // Any answer will do, a refusal as well; where none comes, `Requests` suspects the line.
        this.ask("ice", {}, { handshake: true, timeoutMs: probeTimeoutMs }).catch(() => undefined);
    }

    ask<T extends RequestType>(type: T, fields: Ask<T>, options: AskOptions = {}): Promise<Answer<T>> {
        if (!["in", "waiting", "reconnecting"].includes(this.#state.value) && options.handshake !== true) {
            return this.#outOfOrder(type);
        }
        return this.#requests.ask(type, fields, options);
    }

    /** False: there is no connection on which we are in, and nothing was sent. */
    send(frame: Uint8Array<ArrayBuffer>): boolean {
        return this.#state.value === "in" && this.#link !== null && this.#link.send(frame);
    }

    // Attempts.

    #begin(state: ClientState): void {
        batch(() => {
            if (state === "connecting") this.#owner.outside();
            this.#ended.value = null;
            this.#lost.value = null;
            this.#state.value = state;
        });
        this.#attempts = 0;
        this.#wasWaiting = false;
        this.#attempt();
    }

    #attempt(): void {
        this.#retry.clear();
        this.#watch.clear();
        this.#link?.close();
        this.#greeted = false;
        const lost = this.#lost.value;
        if (lost !== null) this.#lost.value = { ...lost, attempts: this.#attempts, nextAt: null };
        const owner: LinkOwner = {
            opened: () => this.#opened(),
            incoming: (message) => this.#incoming(message),
            closed: (code, reason) => this.#closed(code, reason),
        };
        try {
            this.#link = new Link(this.#setup.address, this.#setup.webSocket, this.#setup.clock, owner);
        } catch (error) {
            this.#refusedAtAll(new RequestError("unreachable", String(error)));
            return;
        }
        this.#requests.attach(this.#link);
    }

    #opened(): void {
        if (this.#resumeToken !== null && this.#state.value === "reconnecting") {
            const resume = this.#resumeToken;
            const kept = this.#owner.transports();
            this.#handshake("resume", { versions: [protocolVersion], resume, ...kept }, (answer) =>
                this.#inside(answer),
            );
            return;
        }
        const { token, clientName, device } = this.#setup;
        this.#handshake(
            "hello",
            {
                versions: [protocolVersion],
                ...(token === null ? {} : { token }),
                ...(clientName === null ? {} : { client: clientName }),
                ...(device === null ? {} : { device }),
            },
            (answer) => this.#atDoor(answer),
        );
    }

    #handshake<T extends RequestType>(type: T, fields: Ask<T>, then: (answer: Answer<T>) => void): void {
        const link = this.#link;
        this.#requests.ask(type, fields, { handshake: true }).then(
            (answer) => {
                if (link === this.#link) then(answer);
            },
            (error: RequestError) => {
                // `ended` is the end of the connection, which `#closed` hears of.
                if (link === this.#link && error.code !== "ended") this.#handshakeRefused(error);
            },
        );
    }

    #atDoor(answer: HelloAnswer): void {
        this.#greeted = true;
        this.#keepWatch();
        batch(() => {
            this.#door.value = {
                room: answer.room,
                people: answer.people,
                names: answer.names ?? null,
                you:
                    answer.you === undefined
                        ? null
                        : { name: answer.you.name ?? null, role: answer.you.role ?? null },
                limits: answer.limits,
            };
            if (this.#joining !== null) return;
            this.#lost.value = null;
            this.#state.value = "door";
        });
        if (this.#door.value !== null) this.#connected?.resolve(this.#door.value);
        this.#connected = null;
        if (this.#joining !== null) this.#askToJoin(this.#joining);
    }

    #askToJoin(options: JoinOptions): void {
        const on = this.#owner.mediaOn();
        const { name, locale } = options;
        this.#owner.joining(on);
        this.#handshake("join", { name, ...on, ...(locale === undefined ? {} : { locale }) }, (answer) =>
            this.#inside(answer),
        );
    }

    #inside(answer: Welcome | WaitingAnswer): void {
        if (answer.type === "welcome") return this.#welcomed(answer);
        this.#keepWatch();
        if (answer.resume !== undefined) this.#keepToken(answer.resume);
        this.#wasWaiting = true;
        batch(() => {
            this.#owner.outside();
            this.#waitingMessage.value = answer.message ?? "";
            this.#lost.value = null;
            this.#state.value = "waiting";
        });
        this.#entered?.resolve("waiting");
        this.#entered = null;
    }

    #welcomed(welcome: Omit<Welcome, "type">): void {
        this.#keepWatch();
        this.#name = welcome.people.find((one) => one.id === welcome.you)?.name ?? this.#name;
        // After a reload nobody has called `join`; should the place be lost later, this is how we come in
        // anew.
        this.#joining ??= { name: this.#name };
        this.#keepToken(welcome.resume);
        this.#goodSince = this.#setup.clock.now();
        const wasWaiting = this.#wasWaiting;
        this.#wasWaiting = false;
        const lostMs = this.#lost.value === null ? null : this.#setup.clock.now() - this.#lost.value.since;
        const tell = batch(() => {
            this.#lost.value = null;
            this.#state.value = "in";
            this.#requests.open();
            return this.#owner.welcome(welcome, { wasWaiting, lostMs });
        });
        this.#entered?.resolve("in");
        this.#entered = null;
        tell();
    }

    #keepToken(resume: string): void {
        this.#resumeToken = resume;
        this.#setup.saved.write(resume, this.#name);
    }

    // What comes.

    #incoming(message: Incoming): void {
        switch (message.kind) {
            case "answer":
                return this.#requests.answered(message.id, message.body);
            case "refusal":
                return this.#requests.refused(message.id, message.error);
            case "malformed":
                return this.#owner.problem(new Error(`from the server: ${message.why}`));
            case "unknown":
                return this.#owner.unknown(message.type, message.body);
            case "frame":
                return this.#owner.frame(message.bytes);
            case "event":
                return this.#event(message.event);
        }
    }

    #event(event: ServerEvent): void {
        switch (event.type) {
            case "door":
                if (this.#door.value === null) return;
                this.#door.value = {
                    ...this.#door.value,
                    people: event.people,
                    names: event.names ?? null,
                };
                return;
            case "welcome":
                return this.#welcomed(event);
            case "waiting.message":
                this.#waitingMessage.value = event.text;
                return;
            default:
                this.#owner.event(event);
        }
    }

    // Ends.

    #closed(code: number, reason: string): void {
        this.#link = null;
        this.#watch.clear();
        this.#requests.lose();
        const because = readCloseCode(code);
        const state = this.#state.value;
        if (state === "left" || state === "idle") return;
        if (this.#connected !== null) {
            return this.#refusedAtAll(new RequestError("unreachable", reason || "cannot reach the server"));
        }
        if (because.final && state === "door" && because.reason === "dismissed") {
            // Ten minutes at the door are over; `join` will knock again.
            this.#state.value = "idle";
            return;
        }
        if (because.final) return this.#end(because.reason, null, reason);
        this.#comeBack(because.why);
    }

    #handshakeRefused(error: RequestError): void {
        if (this.#connected !== null) return this.#refusedAtAll(error);
        if (this.#state.value === "reconnecting") {
            if (isPassing(error.code)) return this.#tryLater(error);
            if (error.code === "gone" || error.code === "unknown_participant") return this.#joinAnew(error);
            return this.#refusedAtAll(error);
        }
        if (this.#state.value === "joining" && error.code === "timeout") return this.#tryLater(error);
        this.#refusedAtAll(error);
    }

    /** The place was not kept. Who was inside a moment ago comes in again, under the same name. */
    #joinAnew(error: RequestError): void {
        this.#resumeToken = null;
        this.#setup.saved.remove();
        if (this.#joining === null) return this.#refusedAtAll(error);
        this.#attempt();
    }

    #tryLater(error: RequestError): void {
        this.#link?.close();
        this.#link = null;
        this.#requests.lose();
        this.#comeBack("network", (error.retryAfter ?? 0) * 1000);
    }

    /** Nobody tries again by himself. */
    #refusedAtAll(error: RequestError): void {
        const promised = [this.#connected, this.#entered].filter((one) => one !== null);
        const code: ErrorCode = error.code;
        if (promised.length === 0) {
            const reason: EndReason =
                code === "banned" ? "banned" : code === "refused" ? "refused" : "failed";
            return this.#end(reason, code, error.message);
        }
        const stillAtDoor = this.#state.value === "joining" && this.#greeted && this.#link !== null;
        this.#connected = this.#entered = null;
        this.#joining = null;
        batch(() => {
            this.#lost.value = null;
            this.#state.value = stillAtDoor ? "door" : "idle";
        });
        if (!stillAtDoor) this.#hangUp();
        for (const one of promised) one.reject(error);
    }

    #comeBack(why: LostWhy, atLeastMs = 0): void {
        const now = this.#setup.clock.now();
        if (this.#goodSince !== null && now - this.#goodSince >= goodConnectionMs) this.#attempts = 0;
        this.#goodSince = null;
        const delay = Math.max(atLeastMs, reconnectDelayMs(this.#attempts, this.#setup.random));
        const first = this.#lost.value === null;
        batch(() => {
            // A server that said it restarts is not there for a while; that is no other fault.
            const before = this.#lost.value ?? { since: now, why };
            const kept = before.why === "restarting" ? before.why : why;
            this.#lost.value = { ...before, why: kept, attempts: this.#attempts, nextAt: now + delay };
            if (this.#state.value === "in" || this.#state.value === "waiting")
                this.#state.value = "reconnecting";
            if (this.#state.value === "door") this.#state.value = "connecting";
        });
        this.#attempts += 1;
        this.#retry.set(delay, () => this.#attempt());
        if (first && this.#state.value === "reconnecting") this.#owner.lost(why);
    }

    #end(reason: EndReason, code: ErrorCode | null, message: string): void {
        if (this.#state.value === "left") return;
        const ended: Ended = { reason, canRejoin: canRejoin(reason, code), code, message };
        this.#setup.saved.remove();
        // Who was taken over may take back; everybody else has no way back in.
        if (reason !== "replaced") this.#resumeToken = null;
        this.#joining = null;
        this.#hangUp();
        batch(() => {
            this.#lost.value = null;
            this.#ended.value = ended;
            this.#state.value = "left";
        });
        this.#requests.end(`the session ended: ${reason}`);
        const error = new RequestError("ended", `the session ended: ${reason}`);
        this.#connected?.reject(error);
        this.#entered?.reject(error);
        this.#connected = this.#entered = null;
        this.#owner.ended(ended);
    }

    #hangUp(): void {
        this.#retry.clear();
        this.#watch.clear();
        this.#link?.close();
        this.#link = null;
        this.#requests.lose();
    }

    /** The server's pings are not told to pages, so silence is looked at here. */
    #keepWatch(): void {
        this.#watch.set(silenceMs, () => {
            const silent = this.#setup.clock.now() - (this.#link?.heardAt ?? 0);
            if (silent >= silenceMs) this.probe();
            this.#keepWatch();
        });
    }

    #outOfOrder(what: string): Promise<never> {
        return Promise.reject(
            new RequestError("state", `${what}: not now, the session is ${this.#state.value}`),
        );
    }
}
