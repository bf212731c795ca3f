import type { ReadonlySignal } from "@preact/signals-core";
import type { PersonId, Source, VideoSource } from "../protocol/types.ts";

export type TransportState = "none" | "connecting" | "connected" | "interrupted" | "failed";

/** The way of the packets: `relay` is a TURN server. */
export type PathKind = "udp" | "tcp" | "relay";

export interface Transports {
    readonly publish: TransportState;
    readonly receive: TransportState;
    readonly path: PathKind | null;
}

/** How the way to the server and back is doing; null: not known yet. */
export interface LinkState {
    /** 0 to 1 over the last two seconds, the worse of both directions. */
    readonly loss: number | null;
    readonly roundTripMs: number | null;
    readonly jitterMs: number | null;
}

/** A way to the server that was tried: which, and what came of it. */
export interface Way {
    readonly by: "direct" | "relay";
    /** To the server, or to the relay. */
    readonly over: "udp" | "tcp" | "tls";
    readonly state: "used" | "works" | "waiting" | "failed";
}

/** What we send of one source. `on` is false without a track and while muted. */
export interface OwnSource {
    readonly track: MediaStreamTrack | null;
    readonly on: boolean;
}

export type OwnSources = { readonly [source in Source]: OwnSource };

/** A picture that is on the screen, with its size in CSS pixels times the pixel density. */
export interface ViewWish {
    readonly participant: PersonId;
    readonly source: VideoSource;
    readonly width: number;
    readonly height: number;
}

export type QualityState = "good" | "fair" | "poor" | "lost";

/** Why it is not good; a page has the words. */
export type QualityReason = "loss" | "delay" | "jitter" | "uplink" | "cpu" | "path" | "signalling";

export interface Quality {
    readonly state: QualityState;
    readonly reason: QualityReason | null;
}

/** What a tile's statistics panel shows; null: not known (yet, or in this browser). */
export interface TileStats {
    readonly width: number | null;
    readonly height: number | null;
    readonly framesPerSecond: number | null;
    readonly codec: string | null;
    readonly bitsPerSecond: number | null;
    /** 0 to 1, over the last two seconds. */
    readonly loss: number | null;
    readonly roundTripMs: number | null;
    readonly jitterMs: number | null;
    readonly jitterBufferMs: number | null;
    readonly framesDecoded: number | null;
    readonly freezes: number | null;
    readonly path: PathKind | null;
    /** What keeps our own picture small. */
    readonly limitation: "none" | "cpu" | "bandwidth" | "other" | null;
}

export interface CameraOptions {
    /** Default true: up to three sizes by the capture's height. */
    readonly simulcast?: boolean;
}

export interface MicrophonePublishOptions {
    /** Stereo, 128 kbit/s, no DTX; the track should have been opened with `music`, too. */
    readonly music?: boolean;
}

export interface ScreenPublishOptions {
    /** `text`: sharp, 15 frames a second; `motion`: 30 frames a second. Default `text`. */
    readonly kind?: "text" | "motion";
}

/**
 * Our tracks out, everybody's tracks in. Works before joining, too: what is set then is sent as soon as we
 * are in. Tracks belong to the caller: libconf never stops one, except that it says `off` when one has ended
 * by itself.
 */
export interface Media {
    readonly own: ReadonlySignal<OwnSources>;
    setMicrophone(track: MediaStreamTrack | null, options?: MicrophonePublishOptions): Promise<void>;
    /** Any video track, a blurred one as well. */
    setCamera(track: MediaStreamTrack | null, options?: CameraOptions): Promise<void>;
    setScreen(
        picture: MediaStreamTrack | null,
        sound?: MediaStreamTrack | null,
        options?: ScreenPublishOptions,
    ): Promise<void>;
    /** Silences or shows at once (`track.enabled`), then tells the room. The track stays open. */
    setMuted(source: Source, muted: boolean): Promise<void>;

    /** What is received now. Keys by `trackKey`. A track's object stays the same over a reconnect. */
    readonly tracks: ReadonlySignal<ReadonlyMap<string, MediaStreamTrack>>;
    /** The same for one tile; the signal is the same object at each call. */
    track(participant: PersonId, source: Source): ReadonlySignal<MediaStreamTrack | null>;
    /**
     * The whole wish, most important first; what is not in it is not sent. One message each 100 ms at most.
     */
    requestView(videos: readonly ViewWish[]): void;

    readonly quality: ReadonlySignal<Quality>;
    readonly transports: ReadonlySignal<Transports>;
    /** Refreshed every two seconds. */
    readonly link: ReadonlySignal<LinkState | null>;
    /** Which ways to the server were tried, for who wants to know why there is none, or a slow one. */
    ways(): Promise<readonly Way[]>;
    /** Refreshed every two seconds while somebody reads it. Own sources, too. */
    stats(participant: PersonId, source: Source): ReadonlySignal<TileStats | null>;
    /** Throws both transports away and makes new ones. */
    reset(): Promise<void>;
}

// Devices

export type DeviceKind = "microphone" | "camera" | "speaker";

export interface Device {
    readonly kind: DeviceKind;
    readonly id: string;
    /** Empty until the browser has allowed a device of that kind. */
    readonly label: string;
}

export interface DeviceLists {
    readonly microphone: readonly Device[];
    readonly camera: readonly Device[];
    readonly speaker: readonly Device[];
}

export interface ChosenDevices {
    readonly microphone: string | null;
    readonly camera: string | null;
    readonly speaker: string | null;
}

export type DeviceErrorCode =
    /** Not allowed in the browser for this site. */
    | "blocked-browser"
    /** Not allowed by the operating system. */
    | "blocked-system"
    | "missing"
    /** Another program has it. */
    | "busy"
    | "overconstrained"
    /** No answer to the browser's question for a minute. */
    | "timeout"
    /** No camera or microphone can be asked for here: an insecure page, or an old browser. */
    | "unsupported";

export class DeviceError extends Error {
    override readonly name = "DeviceError";
    readonly code: DeviceErrorCode;
    readonly kind: "microphone" | "camera" | "screen";

    constructor(code: DeviceErrorCode, kind: "microphone" | "camera" | "screen", message: string) {
        super(message);
        this.code = code;
        this.kind = kind;
    }
}

export type Noise = "off" | "browser" | "strong";

export interface MicrophoneOptions {
    /** Echo, noise and gain as they are, in stereo. Needs headphones. */
    readonly music?: boolean;
    /** `strong` leaves the noise to a processor of the page. Default `browser`. */
    readonly noise?: Noise;
}

export interface CameraCaptureOptions {
    /** 640x360 in place of 1280x720: phones, battery saver, many pictures. */
    readonly small?: boolean;
    /** The camera of a phone that looks at the user, or away. */
    readonly facing?: "user" | "environment";
}

export interface OpenOptions {
    readonly microphone?: boolean | MicrophoneOptions;
    readonly camera?: boolean | CameraCaptureOptions;
}

/** What came of it. Each kind has a track, an error, or neither (not asked for). */
export interface Opened {
    readonly microphone: MediaStreamTrack | null;
    readonly camera: MediaStreamTrack | null;
    readonly errors: {
        readonly microphone: DeviceError | null;
        readonly camera: DeviceError | null;
    };
}

export interface ScreenOptions {
    readonly kind?: "text" | "motion";
    readonly sound?: boolean;
}

export interface OpenedScreen {
    readonly picture: MediaStreamTrack;
    readonly sound: MediaStreamTrack | null;
}

export type Permission = "granted" | "denied" | "prompt" | "unknown";

export interface DeviceEvents {
    /** A device that was chosen is gone; `fallback` is what the list offers in its place. */
    lost: { readonly device: Device; readonly fallback: Device | null };
    /** A new one came: offer it, never grab it. */
    found: { readonly device: Device };
}

/** Cameras, microphones, loudspeakers and the screen of this machine. Never asks for one by itself. */
export interface Devices {
    readonly lists: ReadonlySignal<DeviceLists>;
    readonly chosen: ReadonlySignal<ChosenDevices>;
    readonly permissions: ReadonlySignal<{ readonly microphone: Permission; readonly camera: Permission }>;
    /** An `open` has been waiting for more than 5 s: "look for your browser's question". */
    readonly slow: ReadonlySignal<boolean>;
    /** Reads the lists again; `open` does it by itself. */
    refresh(): Promise<void>;
    /** Remembers the choice, by id and by label, since ids change. Null: the system's default. */
    choose(kind: DeviceKind, id: string | null): void;
    /** One question for both. Never rejects. */
    open(options: OpenOptions): Promise<Opened>;
    /** Null: the user thought better of it. Rejects with `DeviceError`. */
    openScreen(options?: ScreenOptions): Promise<OpenedScreen | null>;
    on<K extends keyof DeviceEvents>(type: K, handler: (event: DeviceEvents[K]) => void): () => void;
}

/** Key of `Media.tracks`. */
export function trackKey(participant: PersonId, source: Source): string {
    return `${participant} ${source}`;
}
