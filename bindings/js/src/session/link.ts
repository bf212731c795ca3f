// One WebSocket from opening to its end. Says each thing once, and nothing after `close`.

import { decode, type Incoming } from "../protocol/decode.ts";
import { subprotocol } from "../protocol/messages.ts";
import { Alarm } from "./clock.ts";
import type { Clock } from "./types.ts";

export interface LinkOwner {
    opened(): void;
    incoming(message: Incoming): void;
    /** By the other end, or by the network. */
    closed(code: number, reason: string): void;
}

/** A connection that is not there after this time is given up. */
export const connectTimeoutMs = 10_000;

export class Link {
    readonly #socket: WebSocket;
    readonly #giveUp: Alarm;
    #owner: LinkOwner | null;
    #heardAt: number;

    /** Throws where the browser refuses the address (a plain socket on a secure page). */
    constructor(address: string, ctor: typeof WebSocket, clock: Clock, owner: LinkOwner) {
        this.#owner = owner;
        this.#heardAt = clock.now();
        this.#giveUp = new Alarm(clock);
        this.#socket = new ctor(address, subprotocol);
        this.#socket.binaryType = "arraybuffer";
        this.#socket.onopen = () => {
            this.#giveUp.clear();
            this.#heardAt = clock.now();
            this.#owner?.opened();
        };
        this.#socket.onmessage = (event: MessageEvent) => {
            this.#heardAt = clock.now();
            this.#owner?.incoming(decode(event.data));
        };
        this.#socket.onclose = (event: CloseEvent) => this.#end(event.code, event.reason);
        this.#giveUp.set(connectTimeoutMs, () => this.fail("no connection in time"));
    }

    /** When the last word came, by our clock. */
    get heardAt(): number {
        return this.#heardAt;
    }

    /** False: it is not open (any more), and nothing was sent. */
    send(frame: string | Uint8Array<ArrayBuffer>): boolean {
        if (this.#socket.readyState !== 1) return false;
        this.#socket.send(frame);
        return true;
    }

    /** For an end that we found out ourselves: the browser may need minutes to see that a path is dead. */
    fail(reason: string): void {
        const owner = this.#owner;
        this.close();
        owner?.closed(1006, reason);
    }

    close(): void {
        this.#owner = null;
        this.#giveUp.clear();
        this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
        try {
            this.#socket.close(1000);
        } catch {
            // It was closed already.
        }
    }

    #end(code: number, reason: string): void {
        const owner = this.#owner;
        this.#owner = null;
        this.#giveUp.clear();
        owner?.closed(code, reason);
    }
}
