// Everybody's tracks: keeps one receiver alive, answers offers in their order, and knows what is in which
// section.

import { computed, signal, type ReadonlySignal } from "@preact/signals-core";
import { RequestError } from "../protocol/errors.ts";
import type { PersonId, Source, WireTrack } from "../protocol/types.ts";
import { Alarm } from "../session/clock.ts";
import { Health } from "./health.ts";
import { Receiver } from "./receiver.ts";
import type { DirectionSetup } from "./setup.ts";
import { sessionIdOf } from "./sdp.ts";
import { mapTracks, sameTracks, type TrackMap } from "./track_map.ts";
import { trackKey } from "./types.ts";

/** How long the last picture of a lost transport stays when the new one is slow. */
const keepOldMs = 10_000;
/** A server that has lost our transport offers a new one by itself; after this time we ask. */
const expectOfferMs = 5_000;

export class Receiving {
    readonly tracks: ReadonlySignal<TrackMap>;
    readonly health: Health;
    readonly #tracks = signal<TrackMap>(new Map());
    readonly #single = new Map<string, ReadonlySignal<MediaStreamTrack | null>>();
    readonly #setup: DirectionSetup;
    readonly #forgetOld: Alarm;
    readonly #expect: Alarm;
    #config: RTCConfiguration = {};
    #receiver: Receiver | null = null;
    /** The transport before: its last pictures are shown until the new one has come about. */
    #old: Receiver | null = null;
    #assigned: readonly WireTrack[] = [];
    #number = 0;
    /** A transport that we have asked the server to throw away: an offer of it may still be on its way. */
    #discarded: string | null = null;
    #busy: Promise<void> = Promise.resolve();
    #inRoom = false;

    constructor(setup: DirectionSetup) {
        this.#setup = setup;
        this.#forgetOld = new Alarm(setup.clock);
        this.#expect = new Alarm(setup.clock);
        this.tracks = this.#tracks;
        this.health = new Health(setup.clock, setup.random, {
            restart: () => void setup.freshIce().then(() => this.#restart()),
            rebuild: () => this.#ask("receive.reset"),
            now: () => this.#receiver?.connection.connectionState ?? null,
        });
    }

    get receiver(): Receiver | null {
        return this.#receiver;
    }

    /** What the sections carry now. */
    get assigned(): readonly WireTrack[] {
        return this.#assigned;
    }

    get resumable(): boolean {
        return this.#receiver !== null;
    }

    track(participant: PersonId, source: Source): ReadonlySignal<MediaStreamTrack | null> {
        const key = trackKey(participant, source);
        let made = this.#single.get(key);
        if (made === undefined) {
            made = computed(() => this.#tracks.value.get(key) ?? null);
            this.#single.set(key, made);
        }
        return made;
    }

    receiverOf(participant: PersonId, source: Source): RTCRtpReceiver | null {
        const place = this.#assigned.find((one) => one.participant === participant && one.source === source);
        return place === undefined ? null : (this.#receiver?.receiverOf(place.mid) ?? null);
    }

    begin(config: RTCConfiguration): void {
        this.#inRoom = true;
        this.#config = config;
        this.#retire();
        this.health.signalling(true);
    }

    resume(config: RTCConfiguration, kept: boolean): void {
        this.#inRoom = true;
        this.configure(config);
        if (kept) {
            this.health.resume();
            return;
        }
        this.health.signalling(true);
        this.#retire();
        this.#expect.set(expectOfferMs, () => {
            if (this.#receiver === null && this.#setup.hasCompany()) this.reset();
        });
    }

    configure(config: RTCConfiguration): void {
        this.#config = config;
        this.#receiver?.connection.setConfiguration?.(config);
    }

    lose(): void {
        this.#expect.clear();
        this.health.signalling(false);
    }

    end(): void {
        this.#inRoom = false;
        this.#expect.clear();
        this.#forgetOld.clear();
        this.health.signalling(false);
        this.health.end();
        this.#receiver?.close();
        this.#old?.close();
        this.#receiver = this.#old = null;
        this.#assigned = [];
        this.#tracks.value = new Map();
    }

    offered(number: number, sdp: string, tracks: readonly WireTrack[]): Promise<void> {
        return this.#inTurn(async () => {
            const receiver = this.#receiverFor(sdp);
            if (receiver === null) return;
            const answer = await receiver.answer(sdp);
            if (receiver !== this.#receiver) return;
            this.#assigned = tracks;
            this.#publish();
            this.#number = number;
            // Not awaited: what the server says of this answer must not hold up the next offer.
            this.#setup
                .ask("receive.answer", { number, sdp: answer }, { once: true })
                .catch((error: RequestError) => this.#answerRefused(receiver, number, error));
        });
    }

    assign(tracks: readonly WireTrack[]): Promise<void> {
        return this.#inTurn(() => {
            this.#assigned = tracks;
            this.#publish();
            return Promise.resolve();
        });
    }

    transportEnded(): void {
        this.#retire();
        this.health.gone();
    }

    /** Asks for a new transport; the offer says whose it is. */
    reset(): void {
        if (this.#inRoom) this.#ask("receive.reset");
    }

    #inTurn(work: () => Promise<void>): Promise<void> {
        this.#busy = this.#busy.then(work).catch((error: Error) => this.#failed(error));
        return this.#busy;
    }

    #failed(error: Error): void {
        if (!this.#inRoom) return;
        this.#setup.problem("receive", error);
        // What the browser refused it will not take the second time either, unless the transport is a new
        // one.
        this.health.gone();
    }

    #answerRefused(receiver: Receiver, number: number, error: RequestError): void {
        if (!this.#inRoom || error.code === "ended") return;
        this.#setup.problem("receive", error);
        const isLast = receiver === this.#receiver && number === this.#number;
        if (isLast && error.code === "bad_sdp") this.health.gone();
    }

    #receiverFor(offer: string): Receiver | null {
        const { peerConnection } = this.#setup;
        if (peerConnection === null || !this.#inRoom) return null;
        if (this.#receiver?.belongs(offer) === true) return this.#receiver;
        if (this.#discarded !== null && sessionIdOf(offer) === this.#discarded) return null;
        this.#retire();
        this.#expect.clear();
        const connection = new peerConnection(this.#config);
        const receiver = new Receiver(connection, offer);
        this.#receiver = receiver;
        this.health.begin();
        connection.onconnectionstatechange = () => {
            if (receiver !== this.#receiver) return;
            this.health.heard(connection.connectionState);
            if (connection.connectionState === "connected") this.#dropOld();
        };
        return receiver;
    }

    /** Tiles keep their last picture: a frozen face is better than a hole. */
    #retire(): void {
        const retired = this.#receiver;
        if (retired === null) return;
        retired.connection.onconnectionstatechange = null;
        this.#receiver = null;
        if (this.#tracks.value.size === 0) return retired.close();
        this.#old?.close();
        this.#old = retired;
        this.#forgetOld.set(keepOldMs, () => this.#dropOld());
    }

    #dropOld(): void {
        if (this.#old === null) return;
        this.#forgetOld.clear();
        this.#old.close();
        this.#old = null;
        this.#publish();
    }

    #publish(): void {
        if (this.#old !== null) return;
        const made = mapTracks(this.#assigned, (mid) => this.#receiver?.receiverOf(mid)?.track ?? null);
        if (!sameTracks(made, this.#tracks.value)) this.#tracks.value = made;
    }

    /** Unless the transport went meanwhile. */
    #restart(): void {
        if (this.#receiver !== null) this.#ask("receive.restart");
    }

    #ask(what: "receive.restart" | "receive.reset"): void {
        if (what === "receive.reset") {
            this.#discarded = this.#receiver?.sessionId ?? this.#discarded;
            this.#retire();
            // Until the server offers there is nothing that could be ill.
            this.health.end();
        }
        this.#setup.ask(what, {}, { once: true }).catch((error: RequestError) => {
            if (error.code === "ended" || !this.#inRoom) return;
            this.#setup.problem("receive", error);
            if (error.code === "rate" || error.code === "timeout") {
                this.#expect.set(expectOfferMs, () => this.#ask(what));
            }
        });
    }
}
