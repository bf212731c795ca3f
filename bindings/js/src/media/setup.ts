import type { RequestError } from "../protocol/errors.ts";
import type { Answer, Ask, RequestType } from "../protocol/messages.ts";
import type { Source } from "../protocol/types.ts";
import type { Clock } from "../session/types.ts";
import type { Capabilities } from "./publisher.ts";

/** What one direction needs. */
export interface DirectionSetup extends MediaSetup {
    /**
     * Credentials for the relays that are surely good, or as good as can be had; for an ICE restart. Never
     * rejects.
     */
    freshIce(): Promise<void>;
}

/** What both directions need of the machine and of the session. */
export interface MediaSetup {
    readonly clock: Clock;
    readonly random: () => number;
    /** Null: this machine has no WebRTC; then there are no media. */
    readonly peerConnection: typeof RTCPeerConnection | null;
    readonly capabilities: Capabilities;
    ask<T extends RequestType>(
        type: T,
        fields: Ask<T>,
        options?: { once?: boolean; timeoutMs?: number },
    ): Promise<Answer<T>>;
    problem(where: "publish" | "receive" | "view", error: RequestError | Error): void;
    trackEnded(source: Source): void;
    /** The server or a lock turned it off while we could not hear of it. */
    turnedOff(source: Source): void;
    /** Whether somebody else is there. */
    hasCompany(): boolean;
}
