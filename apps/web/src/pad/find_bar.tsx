import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { announce, Button } from "../kit/index.ts";
import type { PadEditor } from "./editor.ts";
import { find, foundIn, step, type Found } from "./find.ts";
import { usePad } from "./pad.tsx";

/** Enter goes to the next place, Shift+Enter to the one before, Escape back into the text. */
export function FindBar({ editor }: { readonly editor: PadEditor }) {
    const { face } = usePad();
    const text = useSignal("");
    const field = useRef<HTMLInputElement>(null);
    void editor.changes.value;
    useEffect(() => {
        field.current?.focus();
        return () => void find(editor.view, "");
    }, []);
    const say = (found: Found): void => announce(words(found));
    const close = (): void => {
        face.finding.value = false;
        editor.view.focus();
    };
    const found = foundIn(editor.view.state);
    return (
        <form
            class="pad-find"
            role="search"
            onSubmit={(event) => event.preventDefault()}
            onKeyDown={(event) => {
                if (event.key !== "Escape") return;
                event.preventDefault();
                close();
            }}
        >
            <div class="field">
                <input
                    ref={field}
                    type="text"
                    autocomplete="off"
                    aria-label={t("pad.find-in")}
                    placeholder={t("pad.find-in")}
                    value={text.value}
                    onInput={(event) => {
                        text.value = event.currentTarget.value;
                        say(find(editor.view, text.value));
                    }}
                    onKeyDown={(event) => {
                        if (event.key !== "Enter" || event.isComposing) return;
                        event.preventDefault();
                        say(step(editor.view, event.shiftKey ? -1 : 1));
                    }}
                />
            </div>
            <span class="pad-places">{words(found)}</span>
            <Button
                icon="arrow-up"
                kind="quiet"
                iconOnly
                label={t("pad.find-before")}
                disabled={found.places.length === 0}
                onClick={() => say(step(editor.view, -1))}
            />
            <Button
                icon="arrow-down"
                kind="quiet"
                iconOnly
                label={t("pad.find-next")}
                disabled={found.places.length === 0}
                onClick={() => say(step(editor.view, 1))}
            />
            <Button icon="close" kind="quiet" iconOnly label={t("pad.find-close")} onClick={close} />
        </form>
    );
}

function words({ query, places, at }: Found): string {
    if (query.trim() === "") return "";
    return places.length === 0 ? t("pad.find-none") : t("pad.find-at", { at: at + 1, count: places.length });
}
