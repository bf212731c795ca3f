// Others' carets and selections. Without inline styles, which the page's policy refuses: a class, and a hue of
// twelve.

import { hueFrom } from "@libconf/client/pad";
import type { DecorationAttrs } from "prosemirror-view";

interface Told {
    readonly name?: unknown;
    readonly hue?: unknown;
}

function hueOf(user: Told, client: number): string {
    const name = typeof user.name === "string" ? user.name : "";
    return String(hueFrom(user.hue, name || client));
}

export function caret(user: Told, client: number): HTMLElement {
    const made = document.createElement("span");
    made.className = "caret";
    made.dataset["hue"] = hueOf(user, client);
    // Not a part of the text: nobody's screen reader is to read it in the middle of a word.
    made.setAttribute("aria-hidden", "true");
    const label = document.createElement("span");
    label.className = "caret-name";
    label.textContent = typeof user.name === "string" ? user.name.slice(0, 64) : "";
    // Without a width of its own, and still something that a line can be broken around.
    made.append("\u2060", label, "\u2060");
    return made;
}

export function selection(user: Told, client: number): DecorationAttrs {
    return { class: "others-selection", "data-hue": hueOf(user, client) };
}
