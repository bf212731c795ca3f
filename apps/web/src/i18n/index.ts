// Words in the user's language. One file a language and area; only what is shown is loaded.

import { batch, signal } from "@preact/signals";
import type boardEn from "./en/board.json";
import type callEn from "./en/call.json";
import type commonEn from "./en/common.json";
import type entryEn from "./en/entry.json";
import type padEn from "./en/pad.json";

export type Language = "en" | "fr";
export const languages: readonly Language[] = ["en", "fr"];
export const languageNames: { readonly [tag in Language]: string } = { en: "English", fr: "Français" };

type Area = "common" | "entry" | "call" | "board" | "pad";
type Keys<T, A extends string> = `${A}.${Extract<keyof T, string>}`;
/** A text that exists: a wrong key does not compile. */
export type Key =
    | Keys<typeof commonEn, "common">
    | Keys<typeof entryEn, "entry">
    | Keys<typeof callEn, "call">
    | Keys<typeof boardEn, "board">
    | Keys<typeof padEn, "pad">;
export type Values = { readonly [name: string]: string | number };
type Text = string | { readonly [form: string]: string };
type Words = { readonly [key: string]: Text };

const files: { readonly [tag in Language]: { readonly [area in Area]: () => Promise<{ default: Words }> } } =
    {
        en: {
            common: () => import("./en/common.json"),
            entry: () => import("./en/entry.json"),
            call: () => import("./en/call.json"),
            board: () => import("./en/board.json"),
            pad: () => import("./en/pad.json"),
        },
        fr: {
            common: () => import("./fr/common.json"),
            entry: () => import("./fr/entry.json"),
            call: () => import("./fr/call.json"),
            board: () => import("./fr/board.json"),
            pad: () => import("./fr/pad.json"),
        },
    };

/** Changes when the words of the new language are there. */
export const language = signal<Language>("en");
const words = signal<{ readonly [area: string]: Words }>({});
const wantedAreas = new Set<Area>();
let wantedLanguage: Language | null = null;

/** Loads the words of these areas in the language that is wanted. */
export function loadWords(...areas: readonly Area[]): Promise<void> {
    for (const area of areas) wantedAreas.add(area);
    return bring();
}

/** Nothing changes before all words of the new language are there. */
export function changeLanguage(to: Language): Promise<void> {
    wantedLanguage = to;
    return bring();
}

/** Until what was brought is what is wanted: both may change meanwhile. */
async function bring(): Promise<void> {
    const tag = wantedLanguage ?? language.value;
    const areas = [...wantedAreas];
    const found = await Promise.all(areas.map((area) => files[tag][area]()));
    if (tag !== (wantedLanguage ?? language.value) || areas.length !== wantedAreas.size) return bring();
    batch(() => {
        words.value = Object.fromEntries(areas.map((area, i) => [area, found[i]!.default]));
        language.value = tag;
    });
    document.documentElement.lang = tag;
}

/** What was chosen before, or the first language of the browser's that we speak. */
export function preferredLanguage(chosen: string | null): Language {
    const wishes = [chosen ?? "", ...(navigator.languages ?? [navigator.language])];
    for (const wish of wishes) {
        const found = languages.find((tag) => wish.toLowerCase().split("-")[0] === tag);
        if (found !== undefined) return found;
    }
    return "en";
}

/** The text of that key; `{name}` becomes `values.name`, a plural is chosen by `values.count`. */
export function t(key: Key, values: Values = {}): string {
    const dot = key.indexOf(".");
    const text = words.value[key.slice(0, dot)]?.[key.slice(dot + 1)];
    if (text === undefined) return key;
    const chosen = typeof text === "string" ? text : plural(text, Number(values["count"] ?? 0));
    return chosen.replace(/\{(\w+)\}/g, (blank, name: string) => {
        const value = values[name];
        if (value === undefined) return blank;
        return typeof value === "number" ? formatNumber(value) : value;
    });
}

function plural(forms: { readonly [form: string]: string }, count: number): string {
    return forms[new Intl.PluralRules(language.value).select(count)] ?? forms["other"] ?? "";
}

export function formatNumber(value: number): string {
    return new Intl.NumberFormat(language.value).format(value);
}

/** A time of day, as a clock shows it. */
export function formatTime(ms: number): string {
    return new Intl.DateTimeFormat(language.value, { hour: "2-digit", minute: "2-digit" }).format(ms);
}

/** A day and a time of day. */
export function formatMoment(ms: number): string {
    return new Intl.DateTimeFormat(language.value, { dateStyle: "medium", timeStyle: "short" }).format(ms);
}

/** "Ana, Bo and Cleo". */
export function formatList(items: readonly string[]): string {
    return new Intl.ListFormat(language.value, { type: "conjunction" }).format(items);
}

/** "42:10", and with hours "1:02:10". */
export function formatDuration(ms: number): string {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    const two = (value: number): string => String(value).padStart(2, "0");
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor(seconds / 60) % 60;
    return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
