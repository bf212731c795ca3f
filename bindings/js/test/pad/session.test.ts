// The session against a server in memory that speaks y-websocket's wire format.

import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as Y from "yjs";
import { PadSession } from "../../src/pad/session.ts";
import { authKinds, closeCodes, metaName } from "../../src/pad/types.ts";

class Server {
    readonly doc = new Y.Doc();
    readonly sockets: Socket[] = [];
    readonly urls: string[] = [];
    readonly updates: Uint8Array[] = [];

    get last(): Socket {
        return this.sockets[this.sockets.length - 1]!;
    }

    /** The class that a session makes its sockets of. */
    socketClass(): typeof WebSocket {
        const server = this;
        return class extends Socket {
            constructor(url: string) {
                super();
                server.sockets.push(this);
                server.urls.push(url);
                this.heard = (bytes) => server.hear(this, bytes);
            }
        } as unknown as typeof WebSocket;
    }

    hear(socket: Socket, bytes: Uint8Array): void {
        const from = decoding.createDecoder(bytes);
        if (decoding.readVarUint(from) !== 0) return;
        const kind = decoding.readVarUint(from);
        const payload = decoding.readVarUint8Array(from);
        if (kind === 0) {
            const update = Y.encodeStateAsUpdate(this.doc, payload);
            socket.say((to) => {
                encoding.writeVarUint(to, 0);
                encoding.writeVarUint(to, 1);
                encoding.writeVarUint8Array(to, update);
            });
            return;
        }
        this.updates.push(payload);
        Y.applyUpdate(this.doc, payload);
    }
}

class Socket {
    static readonly OPEN = 1;
    readonly OPEN = 1;
    readyState = 0;
    binaryType = "";
    heard: (bytes: Uint8Array) => void = () => undefined;
    onopen: (() => void) | null = null;
    onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
    onclose: ((event: { code: number; reason: string }) => void) | null = null;
    onerror: (() => void) | null = null;

    send(bytes: Uint8Array): void {
        if (this.readyState === 1) this.heard(bytes);
    }

    close(): void {
        this.readyState = 3;
    }

    open(server: Server): void {
        this.readyState = 1;
        this.onopen?.();
        // As servers do: they ask for what they have not got.
        this.say((to) => {
            encoding.writeVarUint(to, 0);
            encoding.writeVarUint(to, 0);
            encoding.writeVarUint8Array(to, Y.encodeStateVector(server.doc));
        });
    }

    say(write: (to: encoding.Encoder) => void): void {
        const to = encoding.createEncoder();
        write(to);
        const bytes = encoding.toUint8Array(to);
        this.onmessage?.({ data: bytes.slice().buffer });
    }

    auth(kind: number): void {
        this.say((to) => {
            encoding.writeVarUint(to, 2);
            encoding.writeVarUint(to, kind);
            encoding.writeVarString(to, "because");
        });
    }

    drop(code = 1006): void {
        this.readyState = 3;
        this.onclose?.({ code, reason: "" });
    }
}

let server: Server;
let session: PadSession;
let tokens: string[];
let asked: number;
let wanted: boolean[];

async function begin(): Promise<void> {
    session = new PadSession({
        base: "http://localhost:1",
        room: "tuesday",
        pad: "notes",
        user: { name: "Ana", hue: 3 },
        access: async (fresh) => {
            wanted.push(fresh);
            return tokens[asked++] ?? null;
        },
        WebSocket: server.socketClass(),
    });
    await vi.advanceTimersByTimeAsync(0);
}

const write = (words: string): void => {
    const text = new Y.XmlText();
    text.insert(0, words);
    session.root.push([text]);
};

beforeEach(() => {
    vi.useFakeTimers();
    server = new Server();
    tokens = [];
    asked = 0;
    wanted = [];
});
afterEach(() => {
    session.dispose();
    vi.useRealTimers();
});

describe("a pad", () => {
    it("opens, and what is written is passed on at once", async () => {
        await begin();
        expect(session.state.value).toBe("opening");
        expect(session.writable.value).toBe(false);
        server.last.open(server);
        expect(session.state.value).toBe("open");
        expect(session.writable.value).toBe(true);
        write("a");
        expect(session.unsent.value).toBe(false);
        expect(server.doc.getXmlFragment("prosemirror").toString()).toBe("a");
        expect(server.doc.getMap(metaName).get("schema")).toBe(1);
        expect(session.people.value).toEqual([
            { client: session.doc.clientID, name: "Ana", hue: 3, isSelf: true },
        ]);
    });

    it("has its token in the address, and none where none is needed", async () => {
        tokens = ["a b"];
        await begin();
        expect(server.urls).toEqual(["ws://localhost:1/pad/tuesday/notes?token=a%20b"]);
    });

    it("goes on while the line is away, and merges when it is back", async () => {
        await begin();
        server.last.open(server);
        write("before ");
        server.last.drop();
        expect(session.state.value).toBe("lost");
        expect(session.writable.value).toBe(true);
        write("meanwhile ");
        expect(session.unsent.value).toBe(true);
        const others = new Y.XmlText();
        others.insert(0, "others ");
        server.doc.getXmlFragment("prosemirror").insert(0, [others]);
        await vi.advanceTimersByTimeAsync(3000);
        server.last.open(server);
        expect(session.state.value).toBe("open");
        expect(session.unsent.value).toBe(false);
        const both = [session.root, server.doc.getXmlFragment("prosemirror")].map((one) => one.toString());
        expect(both).toEqual(["others before meanwhile ", "others before meanwhile "]);
    });

    it("says that the server cannot be reached, and goes on trying", async () => {
        await begin();
        server.last.drop();
        expect(session.failing.value).toBe(true);
        expect(session.state.value).toBe("opening");
        await vi.advanceTimersByTimeAsync(3000);
        expect(server.sockets.length).toBe(2);
        server.last.open(server);
        expect(session.failing.value).toBe(false);
    });

    it("may be read only, from one moment to the next", async () => {
        await begin();
        server.last.open(server);
        server.last.auth(authKinds.denied);
        expect(session.denied.value).toBe(true);
        expect(session.writable.value).toBe(false);
        server.last.auth(authKinds.granted);
        expect(session.writable.value).toBe(true);
        server.last.auth(7);
        expect(session.writable.value).toBe(true);
    });

    it("that was written by a newer list of nodes is not written in", async () => {
        server.doc.getMap(metaName).set("schema", 2);
        await begin();
        server.last.open(server);
        expect(session.tooNew.value).toBe(true);
        expect(session.writable.value).toBe(false);
    });

    it.each([closeCodes.forbidden, closeCodes.unknown, closeCodes.refused])(
        "is refused by %i, and not asked for again by itself",
        async (code) => {
            await begin();
            server.last.open(server);
            server.last.drop(code);
            expect(session.state.value).toBe("refused");
            expect(session.refusal.value).toBe(code);
            expect(session.writable.value).toBe(false);
            await vi.advanceTimersByTimeAsync(60_000);
            expect(server.sockets.length).toBe(1);
            session.retry();
            await vi.advanceTimersByTimeAsync(0);
            server.last.open(server);
            expect(session.state.value).toBe("open");
            expect(session.refusal.value).toBe(null);
        },
    );

    it("whose token is over comes back with another one, once", async () => {
        tokens = ["old", "new", "newer"];
        await begin();
        server.last.open(server);
        server.last.drop(closeCodes.badToken);
        await vi.advanceTimersByTimeAsync(3000);
        expect(server.urls[1]).toMatch(/token=new$/);
        expect(wanted).toEqual([false, true]);
        server.last.drop(closeCodes.badToken);
        await vi.advanceTimersByTimeAsync(3000);
        expect(session.state.value).toBe("refused");
        expect(server.sockets.length).toBe(2);
    });

    it("ends when it is put away", async () => {
        await begin();
        server.last.open(server);
        session.dispose();
        await vi.advanceTimersByTimeAsync(60_000);
        expect(server.sockets.length).toBe(1);
    });
});
