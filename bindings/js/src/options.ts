// What a client is told, and what it finds on the machine where it is told nothing.

import type { Capabilities } from "./media/publisher.ts";
import { systemClock } from "./session/clock.ts";
import type { Clock, KeyValueStore } from "./session/types.ts";

/** Where the room is, and what the machine offers; all but the address has a default in a browser. */
export interface ClientOptions {
    /** The whole address: `wss://host/signal/tuesday`. */
    readonly url?: string;
    /** Or its two parts: `https://host` (default: the page's own), and the room's name. */
    readonly base?: string;
    readonly room?: string;
    readonly token?: string;
    readonly clientName?: string;
    /** `session` keeps the resume token of this tab, `local` the chosen devices. Null: keep nothing. */
    readonly storage?: { readonly session?: KeyValueStore | null; readonly local?: KeyValueStore | null };
    readonly clock?: Clock;
    /** From 0 to 1, as `Math.random`. */
    readonly random?: () => number;
    readonly WebSocket?: typeof WebSocket;
    /** Null: a client without media, a bot that only chats. */
    readonly RTCPeerConnection?: typeof RTCPeerConnection | null;
    /** What this machine can send, in the order of preference; default: the browser's. */
    readonly capabilities?: Capabilities;
    readonly mediaDevices?: MediaDevices | null;
    readonly permissions?: Pick<Permissions, "query"> | null;
    readonly BroadcastChannel?: typeof BroadcastChannel | null;
    /** Where `online` is told; default: the global object. */
    readonly network?: EventTarget | null;
}

/** The same with every default filled in. */
export interface Machine {
    readonly clock: Clock;
    readonly random: () => number;
    readonly webSocket: typeof WebSocket;
    readonly peerConnection: typeof RTCPeerConnection | null;
    readonly capabilities: Capabilities;
    readonly mediaDevices: MediaDevices | null;
    readonly permissions: Pick<Permissions, "query"> | null;
    readonly broadcastChannel: typeof BroadcastChannel | null;
    readonly sessionStore: KeyValueStore | null;
    readonly localStore: KeyValueStore | null;
    readonly network: EventTarget | null;
    /** `navigator.connection`, where there is one: tells of a change from Wi-Fi to the telephone's net. */
    readonly path: EventTarget | null;
}

interface Globals {
    readonly WebSocket?: typeof WebSocket;
    readonly RTCPeerConnection?: typeof RTCPeerConnection;
    readonly RTCRtpSender?: typeof RTCRtpSender;
    readonly BroadcastChannel?: typeof BroadcastChannel;
    readonly navigator?: Partial<Navigator> & { readonly connection?: EventTarget };
    readonly addEventListener?: unknown;
}

export function readOptions(options: ClientOptions): Machine {
    const found = globalThis as unknown as Globals;
    const webSocket = options.WebSocket ?? found.WebSocket;
    if (webSocket === undefined) throw new TypeError("there is no WebSocket here: give one");
    return {
        clock: options.clock ?? systemClock,
        random: options.random ?? Math.random,
        webSocket,
        peerConnection: given(options.RTCPeerConnection, found.RTCPeerConnection),
        capabilities: options.capabilities ?? ((kind) => found.RTCRtpSender?.getCapabilities?.(kind) ?? null),
        mediaDevices: given(options.mediaDevices, found.navigator?.mediaDevices),
        permissions: given(options.permissions, found.navigator?.permissions),
        broadcastChannel: given(options.BroadcastChannel, found.BroadcastChannel),
        sessionStore: given(options.storage?.session, store("sessionStorage")),
        localStore: given(options.storage?.local, store("localStorage")),
        network: given(
            options.network,
            found.addEventListener === undefined ? undefined : (globalThis as unknown as EventTarget),
        ),
        path: options.network === undefined ? (found.navigator?.connection ?? null) : null,
    };
}

/** Null is a word, too: "none". */
function given<T>(told: T | null | undefined, found: T | undefined): T | null {
    return told === undefined ? (found ?? null) : told;
}

/** Reading the property alone throws where a user has forbidden storage. */
function store(name: "sessionStorage" | "localStorage"): KeyValueStore | undefined {
    try {
        return (globalThis as { [name: string]: unknown })[name] as KeyValueStore | undefined;
    } catch {
        return undefined;
    }
}
