// The two directions as one: what `client.media` is.

import { computed, type ReadonlySignal } from "@preact/signals-core";
import type { ServerEvent, Welcome } from "../protocol/messages.ts";
import type { PersonId, Source, WireIceServer } from "../protocol/types.ts";
import { useCallAudio } from "../quirks/audio_session.ts";
import { LevelMeters } from "./levels.ts";
import { broken } from "./quality.ts";
import { Receiving } from "./receiving.ts";
import { Sending, type OnOff } from "./sending.ts";
import type { MediaSetup } from "./setup.ts";
import { Statistics } from "./statistics.ts";
import type {
    CameraOptions,
    LinkState,
    Media,
    MicrophonePublishOptions,
    OwnSources,
    Quality,
    ScreenPublishOptions,
    TileStats,
    Transports,
    ViewWish,
    Way,
} from "./types.ts";
import { trackKey } from "./types.ts";
import { Views } from "./views.ts";

/** Credentials for relays that are younger need no others for an ICE restart. */
const freshIceMs = 10_000;
/** A restart does not wait longer for them: those at hand may be good still. */
const freshIceTimeoutMs = 2_000;

export interface RoomMediaSetup extends MediaSetup {
    self(): PersonId | null;
    /** A signal inside: the connection to the server stands. */
    signalling(): boolean;
}

export class RoomMedia implements Media {
    readonly own: ReadonlySignal<OwnSources>;
    readonly tracks: ReadonlySignal<ReadonlyMap<string, MediaStreamTrack>>;
    readonly quality: ReadonlySignal<Quality>;
    readonly transports: ReadonlySignal<Transports>;
    readonly link: ReadonlySignal<LinkState | null>;
    readonly levels: LevelMeters;
    readonly #setup: RoomMediaSetup;
    readonly #sending: Sending;
    readonly #receiving: Receiving;
    readonly #views: Views;
    readonly #statistics: Statistics;
    #hasRelays = false;
    #iceAt = -Infinity;
    /** Both directions often restart in the same moment. */
    #asksForIce: Promise<void> | null = null;

    constructor(setup: RoomMediaSetup) {
        this.#setup = setup;
        const direction = { ...setup, freshIce: () => this.#freshIce() };
        this.#sending = new Sending(direction);
        this.#receiving = new Receiving(direction);
        this.#views = new Views({
            clock: setup.clock,
            self: () => setup.self(),
            say: (videos) => setup.ask("view", { videos }, { once: true }),
            problem: (error) => setup.problem("view", error),
        });
        this.levels = new LevelMeters(setup.clock, (id) => this.#receiving.receiverOf(id, "microphone"));
        this.#statistics = new Statistics(
            setup.clock,
            () => ({
                sending: this.#sending.publisher?.connection ?? null,
                receiving: this.#receiving.receiver?.connection ?? null,
            }),
            {
                sent: (mid, trackId) => this.#sentKey(mid, trackId),
                received: (mid, trackId) => this.#receivedKey(mid, trackId),
            },
        );
        this.link = this.#statistics.link;
        this.own = this.#sending.own.all;
        this.tracks = this.#receiving.tracks;
        this.transports = computed(() => ({
            publish: this.#sending.health.state.value,
            receive: this.#receiving.health.state.value,
            path: this.#statistics.path.value,
        }));
        this.quality = computed(() => {
            const { publish, receive } = this.transports.value;
            return broken(setup.signalling(), publish, receive) ?? this.#statistics.measured.value;
        });
    }

    setMicrophone(track: MediaStreamTrack | null, options: MicrophonePublishOptions = {}): Promise<void> {
        return this.#sending.set("microphone", track, options);
    }

    setCamera(track: MediaStreamTrack | null, options: CameraOptions = {}): Promise<void> {
        return this.#sending.set("camera", track, options);
    }

    async setScreen(
        picture: MediaStreamTrack | null,
        sound: MediaStreamTrack | null = null,
        options: ScreenPublishOptions = {},
    ): Promise<void> {
        await Promise.all([
            this.#sending.set("screen", picture, options),
            this.#sending.set("screen_audio", sound, {}),
        ]);
    }

    setMuted(source: Source, muted: boolean): Promise<void> {
        return this.#sending.setMuted(source, muted);
    }

    track(participant: PersonId, source: Source): ReadonlySignal<MediaStreamTrack | null> {
        return this.#receiving.track(participant, source);
    }

    requestView(videos: readonly ViewWish[]): void {
        this.#views.want(videos);
    }

    ways(): Promise<readonly Way[]> {
        return this.#statistics.ways();
    }

    stats(participant: PersonId, source: Source): ReadonlySignal<TileStats | null> {
        return this.#statistics.tile(trackKey(participant, source));
    }

    reset(): Promise<void> {
        this.#sending.rebuild();
        this.#receiving.reset();
        return Promise.resolve();
    }

    // For the client.

    onAtJoin(): { microphone: boolean; camera: boolean } {
        return this.#sending.onAtJoin();
    }

    joins(on: { microphone: boolean; camera: boolean }): void {
        this.#sending.joins(on);
    }

    resumable(): { publish: boolean; receive: boolean } {
        return { publish: this.#sending.resumable, receive: this.#receiving.resumable };
    }

    /** Whether both transports go on. */
    welcome(welcome: Omit<Welcome, "type">, lostMs: number | null): boolean {
        const config = this.#configOf(welcome.ice_servers);
        const says = onOff(welcome);
        if (!welcome.media || this.#setup.peerConnection === null) {
            this.#sending.beginWithout(says);
            return true;
        }
        useCallAudio();
        const had = this.resumable();
        const publish = had.publish && welcome.publish === true;
        const receive = had.receive && welcome.receive === true;
        if (welcome.resumed) {
            this.#sending.resume(config, says, publish, lostMs ?? 0);
            this.#receiving.resume(config, receive);
        } else {
            this.#sending.begin(config, says);
            this.#receiving.begin(config);
        }
        this.#views.open();
        this.#statistics.start();
        return publish && (receive || !had.receive);
    }

    /** Whether it was about media. */
    event(event: ServerEvent): boolean {
        switch (event.type) {
            case "receive.offer":
                void this.#receiving.offered(event.number, event.sdp, event.tracks);
                return true;
            case "receive.tracks":
                void this.#receiving.assign(event.tracks);
                return true;
            case "publish.ended":
                this.#sending.transportEnded();
                return true;
            case "receive.ended":
                this.#receiving.transportEnded();
                return true;
            case "ice":
                this.#configure(event.ice_servers);
                return true;
            case "muted":
                this.#sending.muted(event.source);
                return false;
            default:
                return false;
        }
    }

    lose(): void {
        this.#sending.lose();
        this.#receiving.lose();
        this.#views.close();
    }

    networkChanged(): void {
        this.#sending.health.networkChanged();
        this.#receiving.health.networkChanged();
    }

    end(): void {
        this.#sending.end();
        this.#receiving.end();
        this.#views.close();
        this.#statistics.stop();
    }

    dispose(): void {
        this.end();
        this.levels.close();
    }

    #freshIce(): Promise<void> {
        if (!this.#hasRelays || this.#setup.clock.now() - this.#iceAt < freshIceMs) return Promise.resolve();
        this.#asksForIce ??= this.#setup
            .ask("ice", {}, { once: true, timeoutMs: freshIceTimeoutMs })
            .then((answer) => this.#configure(answer.ice_servers))
            .catch(() => undefined)
            .finally(() => (this.#asksForIce = null));
        return this.#asksForIce;
    }

    #configure(servers: readonly WireIceServer[]): void {
        const config = this.#configOf(servers);
        this.#sending.configure(config);
        this.#receiving.configure(config);
    }

    #configOf(servers: readonly WireIceServer[]): RTCConfiguration {
        this.#hasRelays = servers.length > 0;
        this.#iceAt = this.#setup.clock.now();
        return configOf(servers);
    }

    #sentKey(mid: string | null, trackId: string | null): string | null {
        const self = this.#setup.self();
        const byTrack = (["microphone", "camera", "screen", "screen_audio"] as const).find(
            (one) => trackId !== null && this.#sending.own.track(one)?.id === trackId,
        );
        const source = (mid === null ? null : this.#sending.publisher?.sourceOf(mid)) ?? byTrack;
        return self === null || source === undefined ? null : trackKey(self, source);
    }

    #receivedKey(mid: string | null, trackId: string | null): string | null {
        const place = this.#receiving.assigned.find((one) =>
            mid !== null
                ? one.mid === mid
                : trackId !== null && this.#receiving.receiver?.receiverOf(one.mid)?.track.id === trackId,
        );
        return place === undefined ? null : trackKey(place.participant, place.source);
    }
}

function configOf(servers: readonly WireIceServer[]): RTCConfiguration {
    return {
        bundlePolicy: "max-bundle",
        iceServers: servers.map(({ urls, username, credential }) => ({
            urls: [...urls],
            ...(username === undefined ? {} : { username }),
            ...(credential === undefined ? {} : { credential }),
        })),
    };
}

/** What the room believes that we have on. */
function onOff(welcome: Omit<Welcome, "type">): OnOff {
    const self = welcome.people.find((one) => one.id === welcome.you);
    return {
        microphone: self?.microphone ?? false,
        camera: self?.camera ?? false,
        screen: self?.screen ?? false,
        screen_audio: self?.screen_audio ?? false,
    };
}
