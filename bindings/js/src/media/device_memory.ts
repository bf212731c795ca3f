// Which devices were chosen. By label, too: browsers give a device another id when site data are cleared, and
// some do at each visit.

import type { KeyValueStore } from "../session/types.ts";
import type { WantedDevice } from "./constraints.ts";
import type { Device, DeviceKind } from "./types.ts";

interface Remembered {
    readonly id: string;
    readonly label: string;
}

const key = "libconf.devices";
const kinds: readonly DeviceKind[] = ["microphone", "camera", "speaker"];

export class DeviceMemory {
    readonly #store: KeyValueStore | null;
    readonly #chosen = new Map<DeviceKind, Remembered>();
    /** Chosen in this visit. */
    readonly #fresh = new Set<DeviceKind>();

    constructor(store: KeyValueStore | null) {
        this.#store = store;
        try {
            const saved = JSON.parse(store?.getItem(key) ?? "{}") as { [kind: string]: Partial<Remembered> };
            for (const kind of kinds) {
                const { id, label } = saved[kind] ?? {};
                if (typeof id === "string" && typeof label === "string")
                    this.#chosen.set(kind, { id, label });
            }
        } catch {
            // Not ours, or storage is forbidden.
        }
    }

    choose(kind: DeviceKind, device: Remembered | null): void {
        if (device === null) this.#chosen.delete(kind);
        else this.#chosen.set(kind, { id: device.id, label: device.label });
        this.#fresh.add(kind);
        try {
            this.#store?.setItem(key, JSON.stringify(Object.fromEntries(this.#chosen)));
        } catch {
            // Full or forbidden.
        }
    }

    id(kind: DeviceKind): string | null {
        return this.#chosen.get(kind)?.id ?? null;
    }

    /**
     * What to ask for. Before the browser has allowed anything the list has no ids, and the remembered one is
     * tried.
     */
    wanted(kind: DeviceKind, present: readonly Device[]): WantedDevice | null {
        const chosen = this.#chosen.get(kind);
        if (chosen === undefined) return null;
        const exact = this.#fresh.has(kind);
        if (present.some((one) => one.id === chosen.id)) return { id: chosen.id, exact };
        const relabelled = present.find((one) => one.label !== "" && one.label === chosen.label);
        if (relabelled !== undefined) return { id: relabelled.id, exact };
        return { id: chosen.id, exact: false };
    }
}
