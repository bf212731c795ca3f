// One sending transport: four sections from the start, so that a camera or a screen that comes later costs no
// negotiation. What is in a section changes with `replaceTrack`.

import type { Source } from "../protocol/types.ts";
import { withDegradation } from "../quirks/degradation_preference.ts";
import { tuneSending } from "../quirks/opus_parameters.ts";
import { addTransceiverWithLayers } from "../quirks/scalability_mode.ts";
import { inOrder, pictureFirst, soundFirst } from "./codec_order.ts";
import { cameraEncodings, mergeEncodings, screenEncodings, soundEncodings } from "./encodings.ts";

export type Publish = (
    sdp: string,
    sources: { readonly [mid: string]: Source },
) => Promise<{ readonly sdp: string }>;

export type Capabilities = (kind: "audio" | "video") => RTCRtpCapabilities | null;

/** How a source is sent. */
export interface SendingOptions {
    readonly simulcast: boolean;
    readonly music: boolean;
    readonly kind: "text" | "motion";
}

export const defaultOptions: SendingOptions = { simulcast: true, music: false, kind: "text" };

export const sourcesInOrder: readonly Source[] = ["microphone", "camera", "screen", "screen_audio"];

export function isSound(source: Source): boolean {
    return source === "microphone" || source === "screen_audio";
}

export class Publisher {
    readonly connection: RTCPeerConnection;
    readonly #publish: Publish;
    readonly #transceivers: ReadonlyMap<Source, RTCRtpTransceiver>;
    #agreed = false;
    #closed = false;
    #music = false;
    #busy: Promise<unknown> = Promise.resolve();

    constructor(connection: RTCPeerConnection, publish: Publish, capabilities: Capabilities) {
        this.connection = connection;
        this.#publish = publish;
        this.#transceivers = new Map(
            sourcesInOrder.map((source) => [source, makeSection(connection, source, capabilities)]),
        );
    }

    /** The server has answered once: the transport can be resumed. */
    get agreed(): boolean {
        return this.#agreed;
    }

    get closed(): boolean {
        return this.#closed;
    }

    /** The source of a section. */
    sourceOf(mid: string): Source | null {
        for (const [source, transceiver] of this.#transceivers) if (transceiver.mid === mid) return source;
        return null;
    }

    /** Offers; one after the other. Rejects with what the server or the browser says. */
    negotiate(iceRestart: boolean): Promise<void> {
        return this.#inTurn(async () => {
            const offer = await this.connection.createOffer({ iceRestart });
            await this.connection.setLocalDescription(offer);
            const sources: { [mid: string]: Source } = {};
            for (const [source, transceiver] of this.#transceivers) {
                if (transceiver.mid !== null) sources[transceiver.mid] = source;
            }
            const answer = await this.#publish(
                this.connection.localDescription?.sdp ?? offer.sdp ?? "",
                sources,
            );
            if (this.#closed) return;
            await this.connection.setRemoteDescription({ type: "answer", sdp: this.#tuned(answer.sdp) });
            this.#agreed = true;
        });
    }

    /** Whether the change needs a negotiation to be heard. */
    setMusic(on: boolean): boolean {
        const changed = on !== this.#music;
        this.#music = on;
        return changed && this.#agreed;
    }

    async attach(source: Source, track: MediaStreamTrack | null, options: SendingOptions): Promise<void> {
        const sender = this.#transceivers.get(source)?.sender;
        if (sender === undefined || this.#closed) return;
        // Parameters first: a large picture must not go out under the limits of a small one, nor the reverse.
        if (track !== null) await tune(sender, source, track, options);
        if (!this.#closed) await sender.replaceTrack(track);
    }

    close(): void {
        this.#closed = true;
        this.connection.close();
    }

    #tuned(answer: string): string {
        const music = new Map<string, boolean>();
        const microphone = this.#transceivers.get("microphone")?.mid;
        const screen = this.#transceivers.get("screen_audio")?.mid;
        if (microphone != null) music.set(microphone, this.#music);
        if (screen != null) music.set(screen, true);
        return tuneSending(answer, music);
    }

    #inTurn(work: () => Promise<void>): Promise<void> {
        const turn = this.#busy.then(() => (this.#closed ? undefined : work()));
        this.#busy = turn.catch(() => undefined);
        return turn;
    }
}

function makeSection(
    connection: RTCPeerConnection,
    source: Source,
    capabilities: Capabilities,
): RTCRtpTransceiver {
    const direction = "sendonly";
    const made = isSound(source)
        ? connection.addTransceiver("audio", {
              direction,
              sendEncodings: soundEncodings(source === "screen_audio"),
          })
        : addTransceiverWithLayers(connection, {
              direction,
              // All layers are negotiated, whatever is used at first.
              sendEncodings: source === "camera" ? cameraEncodings(null) : screenEncodings("motion"),
          });
    const codecs = capabilities(isSound(source) ? "audio" : "video")?.codecs ?? [];
    try {
        if (codecs.length > 0) {
            made.setCodecPreferences(inOrder(codecs, isSound(source) ? soundFirst : pictureFirst));
        }
    } catch {
        // A codec that this browser can send but not receive: its own order is good enough.
    }
    return made;
}

async function tune(
    sender: RTCRtpSender,
    source: Source,
    track: MediaStreamTrack,
    options: SendingOptions,
): Promise<void> {
    const wanted = isSound(source)
        ? soundEncodings(options.music || source === "screen_audio")
        : source === "screen"
          ? screenEncodings(options.kind)
          : cameraEncodings(sizeOf(track), options.simulcast);
    try {
        const parameters = sender.getParameters();
        parameters.encodings = mergeEncodings(parameters.encodings ?? [], wanted);
        if (isSound(source)) await sender.setParameters(parameters);
        else {
            const sharp = source === "screen" && options.kind === "text";
            await sender.setParameters(
                withDegradation(parameters, sharp ? "maintain-resolution" : "maintain-framerate"),
            );
        }
    } catch {
        // Sent with the limits that it has; nothing that a user could do about it.
    }
}

function sizeOf(track: MediaStreamTrack): { width: number; height: number } | null {
    const { width, height } = track.getSettings();
    return width === undefined || height === undefined ? null : { width, height };
}
