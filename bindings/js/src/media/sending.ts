// Our tracks on their way: keeps one publisher alive, and tells the room what is on.

import { RequestError } from "../protocol/errors.ts";
import type { Source } from "../protocol/types.ts";
import { hintContent } from "../quirks/content_hint.ts";
import { Alarm } from "../session/clock.ts";
import { Health } from "./health.ts";
import { OwnSourceBook } from "./own_sources.ts";
import { isSound, Publisher, sourcesInOrder, type SendingOptions } from "./publisher.ts";
import type { DirectionSetup } from "./setup.ts";

/** The server keeps a place for 60 s; who was away longer is new to the room, and so are his sources. */
const placeKeptMs = 55_000;
const tryAgainMs = 2_000;

export type OnOff = { readonly [source in Source]: boolean };

export class Sending {
    readonly own: OwnSourceBook;
    readonly health: Health;
    readonly #setup: DirectionSetup;
    readonly #again: Alarm;
    #config: RTCConfiguration = {};
    #publisher: Publisher | null = null;
    #inRoom = false;
    /** What the room was told last, by us. */
    readonly #told = new Map<Source, boolean>();
    readonly #unanswered = new Map<Source, number>();
    #joinedWith: { microphone: boolean; camera: boolean } = { microphone: false, camera: false };

    constructor(setup: DirectionSetup) {
        this.#setup = setup;
        this.#again = new Alarm(setup.clock);
        this.own = new OwnSourceBook((source) => this.#ended(source));
        this.health = new Health(setup.clock, setup.random, {
            restart: () => void setup.freshIce().then(() => this.#negotiate(true)),
            rebuild: () => this.#build(),
            now: () => this.#publisher?.connection.connectionState ?? null,
        });
    }

    get publisher(): Publisher | null {
        return this.#publisher;
    }

    /** Something that a resumed session could go on with. */
    get resumable(): boolean {
        return this.#publisher !== null && this.#publisher.agreed;
    }

    /** What we say when we come in. */
    onAtJoin(): { microphone: boolean; camera: boolean } {
        return { microphone: this.own.isOn("microphone"), camera: this.own.isOn("camera") };
    }

    joins(on: { microphone: boolean; camera: boolean }): void {
        this.#joinedWith = on;
    }

    // What the user does.

    async set(
        source: Source,
        track: MediaStreamTrack | null,
        options: Partial<SendingOptions>,
    ): Promise<void> {
        if (track !== null) hintContent(track, hintFor(source, options));
        // Off before the track goes, on when the new one is there: nobody looks at an empty tile.
        this.own.set(source, track, options);
        if (track === null) await this.#tell(source);
        const publisher = this.#publisher;
        await publisher?.attach(source, track, this.own.options(source));
        if (source === "microphone" && publisher?.setMusic(options.music ?? false) === true) {
            void this.#negotiate(false);
        }
        if (track !== null) await this.#tell(source);
    }

    async setMuted(source: Source, muted: boolean): Promise<void> {
        this.own.setMuted(source, muted);
        await this.#tell(source);
    }

    // What the session does.

    begin(config: RTCConfiguration, serverSays: OnOff): void {
        this.#inRoom = true;
        this.#config = config;
        this.health.signalling(true);
        this.#told.clear();
        for (const source of sourcesInOrder) {
            this.#told.set(source, serverSays[source]);
            const asked = (source === "microphone" || source === "camera") && this.#joinedWith[source];
            // We came in with it on, and it is off: a lock.
            if (asked && !serverSays[source] && this.own.isOn(source)) this.#turnedOff(source);
            else this.#tellQuietly(source);
        }
        this.#build();
    }

    /** A room without media: the flags are told all the same, so that a page can say who would speak. */
    beginWithout(serverSays: OnOff): void {
        this.#inRoom = true;
        for (const source of sourcesInOrder) {
            this.#told.set(source, serverSays[source]);
            this.#tellQuietly(source);
        }
    }

    resume(config: RTCConfiguration, serverSays: OnOff, kept: boolean, lostMs: number): void {
        this.#inRoom = true;
        this.#config = config;
        for (const source of sourcesInOrder) {
            if ((this.#unanswered.get(source) ?? 0) > 0) continue;
            this.#told.set(source, serverSays[source]);
            // A moderator did it meanwhile; unless the server has lost our place, or itself, and knows
            // nothing.
            const silenced = this.own.isOn(source) && !serverSays[source] && kept && lostMs < placeKeptMs;
            if (silenced) this.#turnedOff(source);
            else this.#tellQuietly(source);
        }
        if (!kept || !this.resumable || this.#publisher?.closed === true) {
            this.health.signalling(true);
            this.#build();
            return;
        }
        this.configure(config);
        // An offer that got no answer is made again.
        const asked = this.health.resume();
        if (!asked && this.#publisher?.connection.signalingState !== "stable") void this.#negotiate(true);
    }

    configure(config: RTCConfiguration): void {
        this.#config = config;
        this.#publisher?.connection.setConfiguration?.(config);
    }

    lose(): void {
        this.#again.clear();
        this.health.signalling(false);
    }

    end(): void {
        this.#inRoom = false;
        this.#again.clear();
        this.health.signalling(false);
        this.health.end();
        this.#publisher?.close();
        this.#publisher = null;
        this.#told.clear();
        this.#unanswered.clear();
    }

    /** The server has turned it off, and told everybody. */
    muted(source: Source): void {
        this.#told.set(source, false);
        this.own.setMuted(source, true);
    }

    transportEnded(): void {
        this.health.gone();
    }

    rebuild(): void {
        if (this.#inRoom) this.#build();
    }

    // The transport.

    #build(): void {
        this.#again.clear();
        this.#publisher?.close();
        this.#publisher = null;
        const { peerConnection } = this.#setup;
        if (peerConnection === null) return;
        const connection = new peerConnection(this.#config);
        const publisher = new Publisher(
            connection,
            (sdp, sources) => this.#setup.ask("publish", { sdp, sources }, { once: true }),
            this.#setup.capabilities,
        );
        this.#publisher = publisher;
        connection.onconnectionstatechange = () => {
            if (publisher === this.#publisher) this.health.heard(connection.connectionState);
        };
        this.health.begin();
        publisher.setMusic(this.own.options("microphone").music);
        void this.#start(publisher);
    }

    /** Sound first: pictures are attached when the way is agreed. */
    async #start(publisher: Publisher): Promise<void> {
        await this.#attach(publisher, isSound);
        if (publisher === this.#publisher) await this.#negotiate(false);
        if (publisher === this.#publisher) await this.#attach(publisher, (source) => !isSound(source));
    }

    async #attach(publisher: Publisher, which: (source: Source) => boolean): Promise<void> {
        for (const source of sourcesInOrder.filter(which)) {
            const track = this.own.track(source);
            if (track === null || publisher !== this.#publisher) continue;
            await publisher
                .attach(source, track, this.own.options(source))
                .catch((error: Error) => this.#setup.problem("publish", error));
        }
    }

    async #negotiate(iceRestart: boolean): Promise<void> {
        const publisher = this.#publisher;
        if (publisher === null) return;
        try {
            await publisher.negotiate(iceRestart);
        } catch (error) {
            if (publisher === this.#publisher) this.#negotiationFailed(error as Error);
        }
    }

    #negotiationFailed(error: Error): void {
        const code = error instanceof RequestError ? error.code : null;
        // The connection went: `resume` goes on from here.
        if (code === "ended") return;
        if (code === "no_media") return this.health.end();
        this.#setup.problem("publish", error);
        if (code === "bad_sdp") return this.health.end();
        this.#again.set(tryAgainMs, () => this.#build());
    }

    // What the room is told.

    #ended(source: Source): void {
        this.set(source, null, {}).catch((error: Error) => this.#setup.problem("publish", error));
        this.#setup.trackEnded(source);
    }

    #turnedOff(source: Source): void {
        this.muted(source);
        this.#setup.turnedOff(source);
    }

    #tellQuietly(source: Source): void {
        this.#tell(source).catch((error: Error) => this.#setup.problem("publish", error));
    }

    async #tell(source: Source): Promise<void> {
        const on = this.own.isOn(source);
        if (!this.#inRoom || this.#told.get(source) === on) return;
        this.#told.set(source, on);
        this.#unanswered.set(source, (this.#unanswered.get(source) ?? 0) + 1);
        try {
            await this.#setup.ask("media", { source, on });
        } catch (error) {
            const code = error instanceof RequestError ? error.code : null;
            if (code === "ended") return;
            // It was not done: what the user sees must be what the room sees.
            if (on) this.muted(source);
            else this.#told.delete(source);
            throw error;
        } finally {
            this.#unanswered.set(source, (this.#unanswered.get(source) ?? 1) - 1);
        }
    }
}

function hintFor(source: Source, options: Partial<SendingOptions>): Parameters<typeof hintContent>[1] {
    switch (source) {
        case "microphone":
            return options.music === true ? "music" : "speech";
        case "screen_audio":
            return "music";
        case "camera":
            return "";
        case "screen":
            return options.kind === "motion" ? "motion" : "text";
    }
}
