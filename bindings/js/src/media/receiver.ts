// One receiving transport: the server offers, we answer.

import { tuneReceiving } from "../quirks/opus_parameters.ts";
import { sessionIdOf } from "./sdp.ts";

export class Receiver {
    readonly connection: RTCPeerConnection;
    /** Of the offers: another one belongs to another transport. */
    readonly sessionId: string | null;

    constructor(connection: RTCPeerConnection, firstOffer: string) {
        this.connection = connection;
        this.sessionId = sessionIdOf(firstOffer);
    }

    belongs(offer: string): boolean {
        return sessionIdOf(offer) === this.sessionId;
    }

    async answer(offer: string): Promise<string> {
        await this.connection.setRemoteDescription({ type: "offer", sdp: offer });
        const answer = await this.connection.createAnswer();
        try {
            await this.connection.setLocalDescription({
                type: "answer",
                sdp: tuneReceiving(answer.sdp ?? ""),
            });
        } catch {
            // A browser that lets nothing be changed: mono, then.
            await this.connection.setLocalDescription(answer);
        }
        return this.connection.localDescription?.sdp ?? answer.sdp ?? "";
    }

    receiverOf(mid: string): RTCRtpReceiver | null {
        return this.connection.getTransceivers().find((one) => one.mid === mid)?.receiver ?? null;
    }

    close(): void {
        this.connection.close();
    }
}
