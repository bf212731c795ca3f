import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { changedKeys, settings } from "../app/settings.ts";
import { t, type Key } from "../i18n/index.ts";
import { Button, Dialog, Toggle } from "../kit/index.ts";
import { act } from "./act.ts";
import { actionOf, actions, defaultKeys, isTyping, keyLabel, keyOf, takenBy, type Action } from "./keys.ts";
import { useCall, type CallModel } from "./model.ts";
import { toggleFullScreen } from "./toolbar.tsx";

/** Until the function that is returned is called. */
export function listenToKeys(call: CallModel, root: RefObject<HTMLElement | null>): () => void {
    const listen = (event: KeyboardEvent): void => {
        if (event.defaultPrevented) return;
        // Single keys are letters there; Ctrl+D and Ctrl+E are not.
        if (isTyping(event.target) && !event.ctrlKey && !event.metaKey) return;
        const action = actionOf(event, changedKeys.peek(), settings.singleKeys.peek());
        if (action === null) return;
        event.preventDefault();
        run(call, action, root.current);
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
}

function run(call: CallModel, action: Action, root: HTMLElement | null): void {
    const { client, own } = call;
    const may = client.may.peek();
    switch (action) {
        case "microphone": {
            const { wanted, track } = own.microphone.peek();
            const on = wanted && track !== null;
            if (on || may.microphone) act(own.setMicrophone(!on));
            return;
        }
        case "camera": {
            const on = own.camera.peek().track !== null;
            if (on || may.camera) act(own.setCamera(!on));
            return;
        }
        case "chat":
            return call.toggle("chat");
        case "people":
            return call.toggle("people");
        case "notes":
            return call.toggle("notes");
        case "hand":
            return act(client.raiseHand(client.self.peek()?.hand.peek() == null));
        case "react":
            return root?.querySelector<HTMLElement>(".reaction-button")?.click();
        case "share":
            if (own.screen.peek()) return void own.stopScreen();
            if (may.screen) call.dialog.value = "share";
            return;
        case "board":
            return call.showBoard(!call.isBoardOpen.peek());
        case "layout":
            settings.layout.value = settings.layout.peek() === "grid" ? "speaker" : "grid";
            return;
        case "full-screen":
            return toggleFullScreen();
        case "toolbar":
            return root?.querySelector<HTMLElement>("[role=toolbar] button[tabindex='0']")?.focus();
        case "help":
            call.dialog.value = "shortcuts";
    }
}

export function ShortcutsDialog() {
    const call = useCall();
    return (
        <Dialog
            open={call.dialog.value === "shortcuts"}
            title={t("call.shortcuts")}
            onClose={() => {
                if (call.dialog.value === "shortcuts") call.dialog.value = null;
            }}
        >
            <ShortcutsEditor />
        </Dialog>
    );
}

/** The list, the off-switch, and another key for each. */
export function ShortcutsEditor() {
    const waiting = useSignal<Action | null>(null);
    const taken = useSignal<string | null>(null);
    const take = (event: KeyboardEvent, action: Action): void => {
        if (event.key === "Tab" || event.key === "Escape") {
            waiting.value = null;
            return;
        }
        event.preventDefault();
        event.stopPropagation();
        if (["Shift", "Control", "Alt", "Meta", "Enter", " "].includes(event.key)) return;
        const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
        const owner = takenBy(action, key, changedKeys.value);
        if (owner !== null) {
            taken.value = t("call.key-taken", { key: keyLabel(key), action: t(`call.key-${owner}` as Key) });
            return;
        }
        taken.value = null;
        waiting.value = null;
        changedKeys.value = { ...changedKeys.value, [action]: key };
    };
    return (
        <div class="stack">
            <Toggle
                label={t("call.single-keys")}
                hint={t("call.single-keys-hint")}
                checked={settings.singleKeys.value}
                onChange={(on) => (settings.singleKeys.value = on)}
            />
            <table class="keys">
                <tbody>
                    {actions.map((action) => (
                        <tr key={action}>
                            <th scope="row">{t(`call.key-${action}` as Key)}</th>
                            <td>
                                <button
                                    type="button"
                                    class={`key${waiting.value === action ? " waiting" : ""}`}
                                    aria-label={t("call.change-key", {
                                        action: t(`call.key-${action}` as Key),
                                        key: keyLabel(keyOf(action, changedKeys.value)),
                                    })}
                                    onClick={() => (waiting.value = action)}
                                    onBlur={() => (waiting.value = null)}
                                    onKeyDown={(event) => {
                                        if (waiting.value === action) take(event, action);
                                    }}
                                >
                                    {waiting.value === action
                                        ? t("call.press-key")
                                        : keyLabel(keyOf(action, changedKeys.value))}
                                </button>
                            </td>
                        </tr>
                    ))}
                </tbody>
            </table>
            {taken.value !== null && (
                <p class="error" role="alert">
                    {taken.value}
                </p>
            )}
            <p class="hint">{t("call.keys-always")}</p>
            <p class="hint">{t("call.keys-in-chat")}</p>
            {Object.keys(changedKeys.value).some(
                (one) => changedKeys.value[one] !== defaultKeys[one as Action],
            ) && <Button label={t("call.keys-reset")} onClick={() => (changedKeys.value = {})} />}
        </div>
    );
}
