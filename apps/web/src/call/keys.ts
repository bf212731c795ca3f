// Keyboard shortcuts: what there are, which were changed, when they are dead.

export type Action =
    | "microphone"
    | "camera"
    | "chat"
    | "people"
    | "notes"
    | "hand"
    | "react"
    | "share"
    | "board"
    | "layout"
    | "full-screen"
    | "toolbar"
    | "help";

export const defaultKeys: { readonly [action in Action]: string } = {
    microphone: "m",
    camera: "v",
    chat: "c",
    people: "p",
    notes: "n",
    hand: "h",
    react: "e",
    share: "s",
    board: "b",
    layout: "g",
    "full-screen": "f",
    toolbar: "F2",
    help: "?",
};

export const actions = Object.keys(defaultKeys) as readonly Action[];

export interface KeyPress {
    readonly key: string;
    readonly ctrlKey: boolean;
    readonly metaKey: boolean;
    readonly altKey: boolean;
    readonly repeat: boolean;
}

export type Changed = { readonly [action: string]: string };

export function keyOf(action: Action, changed: Changed): string {
    return changed[action] ?? defaultKeys[action];
}

/**
 * What that key does now; null: nothing. `singleKeys` false: only combinations and function keys (WCAG
 * 2.1.4).
 */
export function actionOf(press: KeyPress, changed: Changed, singleKeys: boolean): Action | null {
    if (press.repeat) return null;
    const control = press.ctrlKey || press.metaKey;
    if (control && !press.altKey) {
        if (press.key.toLowerCase() === "d") return "microphone";
        if (press.key.toLowerCase() === "e") return "camera";
        return null;
    }
    if (control || press.altKey) return null;
    if (!singleKeys && press.key.length === 1) return null;
    const pressed = press.key.length === 1 ? press.key.toLowerCase() : press.key;
    return actions.find((action) => keyOf(action, changed) === pressed) ?? null;
}

/** Where keys are text, or belong to what is open. */
export function isTyping(target: EventTarget | null): boolean {
    if (!(target instanceof Element)) return false;
    return (
        target.closest(
            "input:not([type=checkbox]), textarea, select, dialog, [contenteditable=true], [role=menu]",
        ) !== null
    );
}

/** Null: it may be that one's key; else whose it is already. */
export function takenBy(action: Action, key: string, changed: Changed): Action | null {
    return actions.find((one) => one !== action && keyOf(one, changed) === key) ?? null;
}

export function keyLabel(key: string): string {
    return key.length === 1 ? key.toUpperCase() : key;
}
