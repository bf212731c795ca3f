// What the cases need: a server of ours that can be killed and comes back at the same place, and clients as npm has
// them: Yjs documents over y-websocket.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import WebSocket from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

export { WebSocket };
export const patience = 20_000;

/** Ends with what was wanted, or with an error that names it. */
export async function until(what, holds, milliseconds = patience) {
    const end = Date.now() + milliseconds;
    for (;;) {
        const value = await holds();
        if (value) return value;
        if (Date.now() > end) throw new Error(`not within ${milliseconds / 1000} s: ${what}`);
        await new Promise((then) => setTimeout(then, 10));
    }
}

async function freePort() {
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address();
    probe.close();
    await once(probe, "close");
    return port;
}

/** Keeps its folder and its port from one life to the next. */
export class Server {
    /** @param core  the only one that it may use; any where it is not given */
    constructor(program, folder, settings = [], { core } = {}) {
        this.program = program;
        this.folder = folder;
        this.settings = settings;
        this.core = core;
    }

    async start() {
        this.port ??= await freePort();
        const settings = [
            `http.listen=["127.0.0.1:${this.port}"]`,
            "metrics.listen=[]",
            "media.listen=[]",
            "turn.listen=[]",
            `data.path="${this.folder}"`,
            ...this.settings,
        ];
        const words = [this.program, ...settings.flatMap((one) => ["--set", one])];
        if (this.core !== undefined) words.unshift("taskset", "-c", String(this.core));
        this.process = spawn(words[0], words.slice(1), { stdio: ["ignore", "pipe", "pipe"] });
        const said = [];
        for (const stream of [this.process.stdout, this.process.stderr])
            createInterface({ input: stream }).on("line", (line) => said.push(line));
        await until("the server's start", () => {
            if (this.process.exitCode !== null) throw new Error(`the server ended: ${said.join(" | ")}`);
            return said.some((line) => line.includes("program.started"));
        });
        return this;
    }

    async kill(signal = "SIGKILL") {
        if (this.process.exitCode !== null || this.process.signalCode !== null) return;
        const ended = once(this.process, "exit");
        this.process.kill(signal);
        await ended;
    }

    address(path, scheme = "http") {
        return `${scheme}://127.0.0.1:${this.port}${path}`;
    }

    async ask(method, path, body, headers = {}) {
        const answer = await fetch(this.address(path), { method, body, headers });
        const bytes = new Uint8Array(await answer.arrayBuffer());
        return { status: answer.status, bytes, text: new TextDecoder().decode(bytes), headers: answer.headers };
    }
}

/** A stock client: `doc` is what it knows, `acknowledged` how much of its own came back from the server. */
export class Client {
    constructor(server, room, pad, { token, clientID } = {}) {
        this.doc = new Y.Doc();
        if (clientID !== undefined) this.doc.clientID = clientID;
        this.provider = new WebsocketProvider(server.address(`/pad/${room}`, "ws"), pad, this.doc, {
            WebSocketPolyfill: WebSocket,
            disableBc: true,
            maxBackoffTime: 200,
            params: token === undefined ? {} : { token },
        });
        this.refused = null;
        this.provider.on("connection-close", (event) => {
            if (event !== null && event.code >= 4400) this.refused = event.code;
        });
    }

    synced() {
        return until("the first sync", () => this.provider.synced);
    }

    go() {
        this.provider.disconnect();
    }

    come() {
        this.provider.connect();
    }

    end() {
        this.provider.destroy();
        this.doc.destroy();
    }
}

/** Everybody who is connected knows the same. */
export function equal(clients) {
    const states = clients.map((one) => Buffer.from(Y.encodeStateVector(one.doc)).toString("hex"));
    return new Set(states).size === 1;
}
