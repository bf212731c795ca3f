// When a transport is ill, and what is done about it: after two seconds of silence new paths (an ICE
// restart), and where that does not help a new transport. Needs signalling; without it, it waits.

import { signal, type ReadonlySignal } from "@preact/signals-core";
import { reconnectDelayMs } from "../session/backoff.ts";
import { Alarm } from "../session/clock.ts";
import type { Clock } from "../session/types.ts";
import type { TransportState } from "./types.ts";

export const patienceMs = 2000;
/** A restart, or a first connection, that takes longer has failed; TURN over TLS may need a while. */
export const connectingMaxMs = 15_000;
/** A transport that held for so long was a good one. */
const goodMs = 10_000;

export interface Treatment {
    /** New ICE credentials on the same transport. */
    restart(): void;
    /** A new transport. */
    rebuild(): void;
    /** What the browser says of the transport now. */
    now(): RTCPeerConnectionState | null;
}

export class Health {
    readonly state: ReadonlySignal<TransportState>;
    readonly #state = signal<TransportState>("none");
    readonly #clock: Clock;
    readonly #random: () => number;
    readonly #treatment: Treatment;
    readonly #alarm: Alarm;
    #signalling = false;
    #restarted = false;
    #rebuilds = 0;
    #connectedAt: number | null = null;
    #due: (() => void) | null = null;

    constructor(clock: Clock, random: () => number, treatment: Treatment) {
        this.#clock = clock;
        this.#random = random;
        this.#treatment = treatment;
        this.#alarm = new Alarm(clock);
        this.state = this.#state;
    }

    /** A fresh transport is on its way. */
    begin(): void {
        this.#state.value = "connecting";
        this.#restarted = true; // there is nothing to restart yet: what fails now needs another transport
        this.#due = null;
        this.#alarm.set(connectingMaxMs, () => this.#failed());
    }

    /** There is none, and none is wanted. */
    end(): void {
        this.#alarm.clear();
        this.#due = null;
        this.#state.value = "none";
    }

    heard(state: RTCPeerConnectionState): void {
        switch (state) {
            case "connected":
                this.#alarm.clear();
                this.#restarted = false;
                this.#connectedAt ??= this.#clock.now();
                this.#due = null;
                this.#state.value = "connected";
                return;
            case "disconnected":
                if (this.#state.value !== "connected") return;
                this.#state.value = "interrupted";
                this.#alarm.set(patienceMs, () => this.#restart());
                return;
            case "failed":
                this.#failed();
                return;
            default:
                return;
        }
    }

    /** The server says that it has thrown the transport away. */
    gone(): void {
        if (this.#state.value === "none") return;
        this.#restarted = true;
        this.#failed();
    }

    /** Another network: the old paths are of no use, whatever they still look like. */
    networkChanged(): void {
        if (this.#state.value === "none" || this.#state.value === "connecting") return;
        this.#restart();
    }

    signalling(up: boolean): void {
        this.#signalling = up;
        const due = this.#due;
        if (!up || due === null) return;
        this.#due = null;
        due();
    }

    /**
     * Signalling is up on another line, and the transport was kept. What was asked for on the line before may
     * never have come to the server. Returns whether it is asked for again, or was waiting for the line.
     */
    resume(): boolean {
        const isDue = this.#due !== null;
        this.signalling(true);
        if (isDue) return true;
        if (!this.#restarted || this.#state.value !== "interrupted") return false;
        this.#restart();
        return true;
    }

    #restart(): void {
        this.#needsSignalling(() => {
            this.#restarted = true;
            this.#alarm.set(connectingMaxMs, () => this.#look());
            this.#treatment.restart();
        });
    }

    /** Where the old path still worked, a restart changes no state, and nobody tells us that it is well. */
    #look(): void {
        if (this.#treatment.now() === "connected") this.heard("connected");
        else this.#failed();
    }

    #failed(): void {
        if (!this.#restarted) {
            this.#state.value = "interrupted";
            this.#restart();
            return;
        }
        this.#state.value = "failed";
        const held = this.#connectedAt === null ? 0 : this.#clock.now() - this.#connectedAt;
        if (held >= goodMs) this.#rebuilds = 0;
        this.#connectedAt = null;
        // The first time at once; a server that cannot keep us must not be asked all the time.
        const delay = this.#rebuilds === 0 ? 0 : reconnectDelayMs(this.#rebuilds - 1, this.#random);
        this.#rebuilds += 1;
        this.#alarm.set(delay, () => this.#needsSignalling(() => this.#treatment.rebuild()));
    }

    #needsSignalling(work: () => void): void {
        this.#alarm.clear();
        if (this.#signalling) return work();
        this.#due = work;
    }
}
