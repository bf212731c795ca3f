// WebRTC without media: sections, mids, parameters and states as browsers keep them.

let tracks = 0;

export class FakeTrack extends EventTarget {
    readonly kind: "audio" | "video";
    readonly id: string;
    enabled = true;
    stopped = false;
    contentHint = "";
    readonly #size: { width?: number; height?: number };

    constructor(kind: "audio" | "video", size: { width?: number; height?: number } = {}) {
        super();
        this.kind = kind;
        this.id = `track-${++tracks}`;
        this.#size = size;
    }

    getSettings(): object {
        return this.#size;
    }

    stop(): void {
        this.stopped = true;
    }

    end(): void {
        this.dispatchEvent(new Event("ended"));
    }
}

export function track(kind: "audio" | "video", size = {}): MediaStreamTrack & FakeTrack {
    return new FakeTrack(kind, size) as unknown as MediaStreamTrack & FakeTrack;
}

export class FakeSender {
    track: unknown = null;
    parameters: { encodings: RTCRtpEncodingParameters[] };
    refuse: Error | null = null;

    constructor(encodings: RTCRtpEncodingParameters[]) {
        this.parameters = { encodings: encodings.map((one) => ({ active: true, ...one })) };
    }

    getParameters(): object {
        return structuredClone(this.parameters);
    }

    setParameters(to: { encodings: RTCRtpEncodingParameters[] }): Promise<void> {
        this.parameters = to;
        return Promise.resolve();
    }

    replaceTrack(to: unknown): Promise<void> {
        if (this.refuse !== null) return Promise.reject(this.refuse);
        this.track = to;
        return Promise.resolve();
    }
}

export class FakeReceiver {
    readonly track: FakeTrack;
    sources: { audioLevel?: number; rtpTimestamp: number }[] = [];

    constructor(kind: "audio" | "video") {
        this.track = new FakeTrack(kind);
    }

    getSynchronizationSources(): object[] {
        return this.sources;
    }
}

export interface FakeTransceiver {
    mid: string | null;
    readonly kind: "audio" | "video";
    readonly sender: FakeSender;
    readonly receiver: FakeReceiver;
    codecs: readonly { mimeType: string }[];
    setCodecPreferences(codecs: readonly { mimeType: string }[]): void;
}

export class FakeConnection {
    static readonly all: FakeConnection[] = [];
    readonly transceivers: FakeTransceiver[] = [];
    config: RTCConfiguration;
    connectionState: RTCPeerConnectionState = "new";
    signalingState = "stable";
    localDescription: { type: string; sdp: string } | null = null;
    remoteDescription: { type: string; sdp: string } | null = null;
    onconnectionstatechange: (() => void) | null = null;
    closed = false;
    restarts = 0;
    reports: object[] = [];
    refuseRemote: Error | null = null;
    refuseLayers = false;

    constructor(config: RTCConfiguration) {
        this.config = config;
        FakeConnection.all.push(this);
    }

    static get last(): FakeConnection {
        const found = FakeConnection.all.at(-1);
        if (found === undefined) throw new Error("no connection was made");
        return found;
    }

    addTransceiver(
        kind: "audio" | "video",
        init: { sendEncodings?: RTCRtpEncodingParameters[] },
    ): FakeTransceiver {
        if (this.refuseLayers && init.sendEncodings?.some((one) => "scalabilityMode" in one) === true) {
            throw new Error("scalabilityMode");
        }
        return this.#add(kind, init.sendEncodings ?? [{}], null);
    }

    getTransceivers(): FakeTransceiver[] {
        return this.transceivers;
    }

    setConfiguration(config: RTCConfiguration): void {
        this.config = config;
    }

    createOffer(options: { iceRestart?: boolean }): Promise<{ type: string; sdp: string }> {
        if (options.iceRestart === true) this.restarts += 1;
        this.transceivers.forEach((one, i) => (one.mid ??= String(i)));
        const sections = this.transceivers.map((one) => section(one.kind, one.mid ?? ""));
        return Promise.resolve({
            type: "offer",
            sdp: `o=- 7 ${this.restarts} IN IP4 0.0.0.0\r\n${sections.join("")}`,
        });
    }

    createAnswer(): Promise<{ type: string; sdp: string }> {
        const sections = this.transceivers.map((one) => section(one.kind, one.mid ?? ""));
        return Promise.resolve({ type: "answer", sdp: `o=- 8 1 IN IP4 0.0.0.0\r\n${sections.join("")}` });
    }

    setLocalDescription(to: { type: string; sdp: string }): Promise<void> {
        this.localDescription = to;
        this.signalingState = to.type === "offer" ? "have-local-offer" : "stable";
        return Promise.resolve();
    }

    setRemoteDescription(to: { type: string; sdp: string }): Promise<void> {
        if (this.refuseRemote !== null) return Promise.reject(this.refuseRemote);
        this.remoteDescription = to;
        this.signalingState = to.type === "offer" ? "have-remote-offer" : "stable";
        for (const [, kind, mid] of to.sdp.matchAll(/m=(audio|video)[^]*?a=mid:(\S+)/g)) {
            if (to.type !== "offer" || this.transceivers.some((one) => one.mid === mid)) continue;
            this.#add(kind as "audio" | "video", [], mid ?? null);
        }
        return Promise.resolve();
    }

    getStats(): Promise<ReadonlyMap<string, object>> {
        return Promise.resolve(new Map(this.reports.map((one) => [(one as { id: string }).id, one])));
    }

    close(): void {
        this.closed = true;
        this.connectionState = "closed";
    }

    become(state: RTCPeerConnectionState): void {
        this.connectionState = state;
        this.onconnectionstatechange?.();
    }

    sender(mid: string): FakeSender {
        const found = this.transceivers.find((one) => one.mid === mid);
        if (found === undefined) throw new Error(`no section ${mid}`);
        return found.sender;
    }

    #add(
        kind: "audio" | "video",
        encodings: RTCRtpEncodingParameters[],
        mid: string | null,
    ): FakeTransceiver {
        const made: FakeTransceiver = {
            mid,
            kind,
            sender: new FakeSender(encodings),
            receiver: new FakeReceiver(kind),
            codecs: [],
            setCodecPreferences: (codecs) => (made.codecs = codecs),
        };
        this.transceivers.push(made);
        return made;
    }
}

export const peerConnection = FakeConnection as unknown as typeof RTCPeerConnection;

const opus = "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n";

export function section(kind: "audio" | "video", mid: string): string {
    return kind === "audio"
        ? `m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:${mid}\r\n${opus}`
        : `m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:${mid}\r\na=rtpmap:96 VP8/90000\r\n`;
}

/** An offer of the server for its transport `session`. */
export function offer(session: number, ...kinds: ("audio" | "video")[]): string {
    const sections = kinds.map((kind, i) => section(kind, String(i)));
    return `v=0\r\no=- ${session} 1 IN IP4 0.0.0.0\r\n${sections.join("")}`;
}
