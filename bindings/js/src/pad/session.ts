import { computed, signal, type ReadonlySignal } from "@preact/signals-core";
import { readVarString, readVarUint } from "lib0/decoding";
import type { Awareness } from "y-protocols/awareness";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import type { Access } from "./api.ts";
import { checkName, socketAddress, type PadAddress } from "./addresses.ts";
import { hueColors, hueFrom } from "./hues.ts";
import { authKinds, closeCodes, metaName, rootName, schemaVersion, type PadUser } from "./types.ts";

/**
 * `opening`: nothing has come yet; `open`: what is written is passed on at once; `lost`: what is written
 * waits, and is merged by itself when the server is back; `refused`: the server has closed the pad for us.
 */
export type PadState = "opening" | "open" | "lost" | "refused";

/** Somebody who has the pad open, as awareness tells. */
export interface PadPerson {
    readonly client: number;
    readonly name: string;
    readonly hue: number;
    readonly isSelf: boolean;
}

export interface PadSessionOptions extends PadAddress {
    readonly pad: string;
    readonly access?: Access;
    readonly user: { readonly name: string; readonly hue: number };
    readonly WebSocket?: typeof WebSocket;
}

/** The y-websocket channel that says who may write. */
const authChannel = 2;
/** Only clients of these documents write into the map of `metaName`. */
export const metaOrigin = "meta";

/**
 * One pad that is open: its document, its connection, who else is there. Typing never waits for the
 * network; what is written while it is away is merged when it is back.
 */
export class PadSession {
    readonly name: string;
    readonly doc = new Y.Doc();
    readonly root: Y.XmlFragment;
    readonly awareness: Awareness;
    readonly state: ReadonlySignal<PadState>;
    /** Why it is `refused`: one of `closeCodes`. */
    readonly refusal: ReadonlySignal<number | null>;
    /** The server takes nothing that is written here. */
    readonly denied: ReadonlySignal<boolean>;
    /** The pad is written by a newer list of nodes than ours: it may be read, and must not be written. */
    readonly tooNew: ReadonlySignal<boolean>;
    readonly writable: ReadonlySignal<boolean>;
    /** Something was written here that the server has not got. */
    readonly unsent: ReadonlySignal<boolean>;
    /** The server could not be reached; it is tried again and again. */
    readonly failing: ReadonlySignal<boolean>;
    /** Oneself first, then by name. */
    readonly people: ReadonlySignal<readonly PadPerson[]>;

    readonly #state = signal<PadState>("opening");
    readonly #refusal = signal<number | null>(null);
    readonly #denied = signal(false);
    readonly #tooNew = signal(false);
    readonly #unsent = signal(false);
    readonly #failing = signal(false);
    readonly #people = signal<readonly PadPerson[]>([]);
    readonly #provider: WebsocketProvider;
    readonly #access: Access;
    #ended = false;
    #freshTokens = 0;

    constructor(options: PadSessionOptions) {
        this.name = checkName(options.pad);
        this.root = this.doc.getXmlFragment(rootName);
        this.#access = options.access ?? (async () => null);
        this.#provider = new WebsocketProvider(socketAddress(options), this.name, this.doc, {
            connect: false,
            // Other tabs are told by the server: it judges who may write.
            disableBc: true,
            ...(options.WebSocket === undefined ? {} : { WebSocketPolyfill: options.WebSocket }),
        });
        this.awareness = this.#provider.awareness;
        this.state = this.#state;
        this.refusal = this.#refusal;
        this.denied = this.#denied;
        this.tooNew = this.#tooNew;
        this.unsent = this.#unsent;
        this.failing = this.#failing;
        this.people = this.#people;
        this.writable = computed(
            () =>
                (this.#state.value === "open" || this.#state.value === "lost") &&
                !this.#denied.value &&
                !this.#tooNew.value,
        );
        this.setUser(options.user);
        this.#listen();
        void this.#connect();
    }

    /** The name that the others see; the server may put another one in its place. */
    setUser(user: { readonly name: string; readonly hue: number }): void {
        const told: PadUser = { ...user, color: hueColors[user.hue] ?? hueColors[0]! };
        this.awareness.setLocalStateField("user", told);
    }

    /** Tries again after `refused`. */
    retry(): void {
        this.#freshTokens = 0;
        this.#refusal.value = null;
        this.#state.value = "opening";
        void this.#connect();
    }

    dispose(): void {
        this.#ended = true;
        this.#provider.destroy();
        this.awareness.destroy();
        this.doc.destroy();
    }

    async #connect(fresh = false): Promise<void> {
        const token = await this.#access(fresh).catch(() => null);
        if (this.#ended) return;
        this.#provider.params = token === null ? {} : { token };
        this.#provider.connect();
    }

    #listen(): void {
        const provider = this.#provider;
        provider.on("sync", (synced: boolean) => {
            if (!synced) return;
            this.#freshTokens = 0;
            this.#unsent.value = false;
            this.#failing.value = false;
            this.#state.value = "open";
        });
        provider.on("connection-close", () => this.#lose());
        provider.on("connection-error", () => this.#lose());
        provider.on("closed", ({ code }: { code: number }) => {
            // A token that is over is no refusal, as long as the next one is good.
            if (code === closeCodes.badToken && this.#freshTokens++ === 0) {
                return void this.#connect(true);
            }
            this.#refusal.value = code;
            this.#state.value = "refused";
        });
        provider.messageHandlers[authChannel] = (_, decoder) => {
            const kind = readVarUint(decoder);
            const reason = readVarString(decoder);
            if (kind === authKinds.denied) this.#denied.value = true;
            if (kind === authKinds.granted) this.#denied.value = false;
            // What was written is here and not there: going on would part the two for good. What a lock
            // kept out goes with the next sync.
            if (kind === authKinds.refused && !/^(awareness|read_only)/.test(reason)) {
                this.#refusal.value = closeCodes.refused;
                this.#state.value = "refused";
                provider.disconnect();
            }
        };
        const meta = this.doc.getMap(metaName);
        meta.observe(() => {
            const found = meta.get("schema");
            this.#tooNew.value = typeof found === "number" && found > schemaVersion;
        });
        this.doc.on("update", (_: Uint8Array, origin: unknown) => {
            if (origin === provider) return;
            if (this.#state.peek() !== "open") this.#unsent.value = true;
            // With the first words comes what they are written in.
            if (origin !== metaOrigin && !meta.has("schema")) {
                this.doc.transact(() => meta.set("schema", schemaVersion), metaOrigin);
            }
        });
        const look = (): void => {
            this.#people.value = peopleOf(this.awareness.getStates(), this.doc.clientID);
        };
        this.awareness.on("change", look);
        look();
    }

    #lose(): void {
        this.#failing.value = true;
        if (this.#state.peek() === "open") this.#state.value = "lost";
    }
}

/** What strangers told is checked: a state may hold anything. */
export function peopleOf(
    states: ReadonlyMap<number, { readonly [field: string]: unknown }>,
    self: number,
): readonly PadPerson[] {
    const all = [...states].map(([client, state]) => {
        const user = (typeof state["user"] === "object" ? state["user"] : null) as {
            readonly name?: unknown;
            readonly hue?: unknown;
        } | null;
        const name = typeof user?.name === "string" ? user.name.slice(0, 256) : "";
        return { client, name, hue: hueFrom(user?.hue, name || client), isSelf: client === self };
    });
    return all.sort(
        (a, b) => Number(b.isSelf) - Number(a.isSelf) || a.name.localeCompare(b.name) || a.client - b.client,
    );
}
