// Who is banned is kept out by what his browser says of itself at the door: the same at each visit, and
// nothing that anybody could learn from.

import type { KeyValueStore } from "./types.ts";

const key = "libconf.device";
const letters = 24;

/** Null where nothing can be kept, as in a private window: then there is nothing to tell. */
export function deviceName(store: KeyValueStore | null, random: () => number): string | null {
    if (store === null) return null;
    try {
        const kept = store.getItem(key);
        if (kept !== null && /^[a-z0-9]{1,64}$/.test(kept)) return kept;
        const made = Array.from({ length: letters }, () => Math.floor(random() * 36).toString(36)).join("");
        store.setItem(key, made);
        return made;
    } catch {
        return null;
    }
}
