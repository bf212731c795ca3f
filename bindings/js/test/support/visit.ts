// A client with everything fake around it, and the ways into a room that most tests begin with.

import { Client, type ClientEvents, type ClientOptions } from "../../src/index.ts";
import { FakeClock, settle } from "./fake_clock.ts";
import { FakeServer, helloAnswer, welcome, type FakeSocket } from "./fake_server.ts";
import { FakeConnection, peerConnection } from "./fake_media.ts";

export class FakeStore {
    readonly kept = new Map<string, string>();

    getItem(key: string): string | null {
        return this.kept.get(key) ?? null;
    }

    setItem(key: string, value: string): void {
        this.kept.set(key, value);
    }

    removeItem(key: string): void {
        this.kept.delete(key);
    }
}

export class Visit {
    readonly clock = new FakeClock();
    readonly server = new FakeServer();
    readonly session: FakeStore;
    readonly local = new FakeStore();
    readonly network = new EventTarget();
    readonly client: Client;
    readonly heard: [keyof ClientEvents, unknown][] = [];
    /** What `random` answers. */
    chance = 0.5;

    constructor(options: ClientOptions & { sessionStore?: FakeStore } = {}) {
        FakeConnection.all.length = 0;
        this.session = options.sessionStore ?? new FakeStore();
        this.client = new Client({
            base: "https://meet.example",
            room: "tuesday",
            WebSocket: this.server.WebSocket,
            RTCPeerConnection: peerConnection,
            clock: this.clock,
            random: () => this.chance,
            storage: { session: this.session, local: this.local },
            mediaDevices: null,
            permissions: null,
            BroadcastChannel: null,
            network: this.network,
            ...options,
        });
        const types: (keyof ClientEvents)[] = [
            "muted",
            "unmute-asked",
            "reaction",
            "person-joined",
            "person-left",
            "waiting-joined",
            "waiting-left",
            "chat-message",
            "chat-changed",
            "admitted",
            "lost",
            "reconnected",
            "restarting",
            "taken-over",
            "track-ended",
            "error",
            "ended",
        ];
        for (const type of types) this.client.on(type, (event) => this.heard.push([type, event]));
    }

    get socket(): FakeSocket {
        return this.server.socket;
    }

    events(type: keyof ClientEvents): unknown[] {
        return this.heard.filter(([one]) => one === type).map(([, event]) => event);
    }

    async atDoor(answer: object = {}): Promise<this> {
        const connected = this.client.connect();
        await this.socket.accept();
        await this.socket.answer("hello", { ...helloAnswer, ...answer });
        await connected;
        return this;
    }

    async inRoom(changes: object = {}): Promise<this> {
        await this.atDoor();
        const joined = this.client.join({ name: "Ada" });
        await settle();
        await this.socket.say({ ...welcome(changes), id: this.socket.last("join").id });
        await joined;
        return this;
    }

    async waiting(): Promise<this> {
        await this.atDoor();
        const joined = this.client.join({ name: "Ada" });
        await settle();
        const { id } = this.socket.last("join");
        await this.socket.say({ type: "waiting", id, message: "Soon", resume: "wait-1" });
        await joined;
        return this;
    }

    /** The next attempt comes about, and the server takes us back. */
    async resumed(changes: object = {}): Promise<FakeSocket> {
        await settle();
        this.client.retryNow();
        await this.socket.accept();
        const { id } = this.socket.last("resume");
        await this.socket.say({ ...welcome({ resumed: true, resume: "token-2", ...changes }), id });
        return this.socket;
    }
}
