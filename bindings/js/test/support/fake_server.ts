// The other end of fake sockets. A test says what the server says, and looks at what it got.

import type { WirePerson } from "../../src/protocol/types.ts";
import { settle } from "./fake_clock.ts";

export interface Frame {
    readonly type: string;
    readonly id: number;
    readonly [name: string]: unknown;
}

export class FakeSocket {
    readonly url: string;
    readonly protocols: unknown;
    readonly frames: Frame[] = [];
    readonly bytes: Uint8Array[] = [];
    readyState = 0;
    closedWith: number | null = null;
    onopen: (() => void) | null = null;
    onmessage: ((event: { data: unknown }) => void) | null = null;
    onclose: ((event: { code: number; reason: string }) => void) | null = null;

    constructor(url: string, protocols: unknown) {
        this.url = url;
        this.protocols = protocols;
    }

    send(text: string | Uint8Array): void {
        if (this.readyState !== 1) throw new Error("sent on a socket that is not open");
        if (typeof text !== "string") return void this.bytes.push(text);
        this.frames.push(JSON.parse(text) as Frame);
    }

    close(code: number): void {
        this.closedWith = code;
        this.readyState = 3;
    }

    // What the server and the network do.

    async accept(): Promise<void> {
        this.readyState = 1;
        this.onopen?.();
        await settle();
    }

    async say(message: object | string): Promise<void> {
        this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
        await settle();
    }

    async frame(...bytes: number[]): Promise<void> {
        this.onmessage?.({ data: Uint8Array.from(bytes).buffer });
        await settle();
    }

    async end(code: number, reason = ""): Promise<void> {
        this.readyState = 3;
        this.onclose?.({ code, reason });
        await settle();
    }

    all(type: string): Frame[] {
        return this.frames.filter((one) => one.type === type);
    }

    /** The last request of that type; a test fails where there is none. */
    last(type: string): Frame {
        const found = this.all(type).at(-1);
        if (found === undefined)
            throw new Error(`no ${type} among ${this.frames.map((one) => one.type).join(", ")}`);
        return found;
    }

    async answer(type: string, fields: object = {}): Promise<void> {
        await this.say({ type: "ok", id: this.last(type).id, ...fields });
    }

    async refuse(type: string, code: string, fields: object = {}): Promise<void> {
        await this.say({
            type: "error",
            id: this.last(type).id,
            code,
            message: `${code} in a test`,
            ...fields,
        });
    }
}

export class FakeServer {
    readonly sockets: FakeSocket[] = [];
    readonly WebSocket: typeof WebSocket;

    constructor() {
        const { sockets } = this;
        this.WebSocket = class extends FakeSocket {
            constructor(url: string, protocols: unknown) {
                super(url, protocols);
                sockets.push(this);
            }
        } as unknown as typeof WebSocket;
    }

    get socket(): FakeSocket {
        const last = this.sockets.at(-1);
        if (last === undefined) throw new Error("nobody has connected");
        return last;
    }
}

export const helloAnswer = {
    version: 1,
    room: { name: "tuesday", title: "Tuesday", lobby: false },
    people: 2,
    names: ["Ana", "Bo"],
    limits: { chat_characters: 5000, name_bytes: 256 },
};

export const room = {
    name: "tuesday",
    title: "Tuesday",
    started: 1000,
    lobby: false,
    locks: {
        microphone: false,
        camera: false,
        screen: true,
        chat: false,
        private_chat: false,
        people: false,
    },
};

export function person(id: string, changes: Partial<WirePerson> = {}): WirePerson {
    return {
        id,
        name: id.toUpperCase(),
        role: "viewer",
        joined: 1000,
        here: true,
        guest: true,
        microphone: false,
        camera: false,
        screen: false,
        screen_audio: false,
        away: false,
        ...changes,
    };
}

export function welcome(changes: object = {}): object {
    return {
        type: "welcome",
        you: "ada",
        resume: "token-1",
        room,
        people: [person("ada", { joined: 3000 }), person("bo", { joined: 2000 })],
        chat: { messages: [], more: false },
        media: false,
        ice_servers: [],
        now: 5_000_000,
        resumed: false,
        ...changes,
    };
}
