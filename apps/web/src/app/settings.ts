// What this browser remembers of its user: name, looks, habits. Never leaves the machine.

import { effect, signal, type Signal } from "@preact/signals";
import type { Noise } from "@libconf/client";

export type Theme = "system" | "light" | "dark";
export type Layout = "grid" | "speaker";

const key = "libconf.settings";
const recentKey = "libconf.recent";
const recentMost = 6;

interface Saved {
    [name: string]: unknown;
}

function read(name: string): unknown {
    try {
        return JSON.parse(localStorage.getItem(name) ?? "null");
    } catch {
        // Not ours, or storage is forbidden.
        return null;
    }
}

function write(name: string, value: unknown): void {
    try {
        localStorage.setItem(name, JSON.stringify(value));
    } catch {
        // Full or forbidden: it is remembered as long as the page is open.
    }
}

const saved = (read(key) ?? {}) as Saved;

/** `true` is kept as a boolean, "" as a string. */
type Wide<T> = T extends boolean ? boolean : T extends number ? number : T;

function kept<T extends string | boolean | number>(
    name: string,
    otherwise: T,
    allowed?: readonly T[],
): Signal<Wide<T>> {
    const value = saved[name];
    const fits = typeof value === typeof otherwise && (allowed === undefined || allowed.includes(value as T));
    return signal((fits ? value : otherwise) as Wide<T>);
}

export const settings = {
    name: kept<string>("name", ""),
    language: kept<string>("language", ""),
    theme: kept<Theme>("theme", "system", ["system", "light", "dark"]),
    microphoneOn: kept("microphoneOn", true),
    cameraOn: kept("cameraOn", true),
    hideSelf: kept("hideSelf", false),
    mirror: kept("mirror", true),
    /** Only who speaks, and small. */
    saver: kept("saver", false),
    noise: kept<Noise>("noise", "browser", ["off", "browser", "strong"]),
    music: kept("music", false),
    blur: kept("blur", false),
    layout: kept<Layout>("layout", "grid", ["grid", "speaker"]),
    panelWidth: kept("panelWidth", 360),
    /** The notes take half of the call. */
    notesWide: kept("notesWide", false),
    authorColors: kept("authorColors", true),
    /** Keys that are a single letter. */
    singleKeys: kept("singleKeys", true),
    sounds: kept("sounds", true),
};

/** Shortcuts that were changed: action to key. */
export const changedKeys = signal<{ readonly [action: string]: string }>(
    (saved["keys"] ?? {}) as { readonly [action: string]: string },
);

/** Rooms where this browser was, newest first. */
export const recentRooms = signal<readonly string[]>(
    ((read(recentKey) ?? []) as unknown[]).filter((one): one is string => typeof one === "string"),
);

export function rememberRoom(name: string): void {
    recentRooms.value = [name, ...recentRooms.value.filter((one) => one !== name)].slice(0, recentMost);
    write(recentKey, recentRooms.value);
}

export function forgetRooms(): void {
    recentRooms.value = [];
    write(recentKey, []);
}

/** Writes what changes, and lets the page look as it is wished. */
export function keepSettings(): void {
    effect(() => {
        const values = Object.fromEntries(Object.entries(settings).map(([name, one]) => [name, one.value]));
        write(key, { ...values, keys: changedKeys.value });
    });
    effect(() => {
        const { theme } = settings;
        if (theme.value === "system") delete document.documentElement.dataset["theme"];
        else document.documentElement.dataset["theme"] = theme.value;
    });
}
