import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { t } from "../i18n/index.ts";
import { Button } from "../kit/index.ts";
import { act } from "./act.ts";
import { useCall } from "./model.ts";
import { shortcutOf } from "./toolbar.tsx";

export const emojis = ["👍", "👏", "❤️", "😂", "😮", "😢", "🎉", "🤔", "👎"] as const;

/** The nine reactions; digits choose, too. */
export function ReactionPicker() {
    const { client } = useCall();
    const open = useSignal(false);
    const root = useRef<HTMLDivElement>(null);
    useEffect(() => {
        if (!open.value) return;
        root.current?.querySelector<HTMLElement>(".picker button")?.focus();
        const outside = (event: Event): void => {
            if (!root.current?.contains(event.target as Node)) open.value = false;
        };
        document.addEventListener("pointerdown", outside);
        return () => document.removeEventListener("pointerdown", outside);
    }, [open.value]);
    const send = (emoji: string): void => {
        act(client.react(emoji));
    };
    const onKeyDown = (event: KeyboardEvent): void => {
        if (!open.value) return;
        const all = [...(root.current?.querySelectorAll<HTMLElement>(".picker button") ?? [])];
        const at = all.indexOf(document.activeElement as HTMLElement);
        event.stopPropagation();
        if (event.key === "Escape") {
            open.value = false;
            root.current?.querySelector<HTMLElement>("button")?.focus();
        } else if (event.key === "ArrowRight") all[(at + 1) % all.length]?.focus();
        else if (event.key === "ArrowLeft") all[(at - 1 + all.length) % all.length]?.focus();
        else if (/^[1-9]$/.test(event.key)) send(emojis[Number(event.key) - 1]!);
        else return;
        event.preventDefault();
    };
    return (
        <div class="reactions" ref={root} onKeyDown={onKeyDown}>
            <Button
                icon="smile"
                iconOnly
                class="round reaction-button"
                label={t("call.react")}
                expanded={open.value}
                shortcut={shortcutOf("react")}
                onClick={() => (open.value = !open.value)}
            />
            {open.value && (
                <div class="picker" role="menu" aria-label={t("call.react")}>
                    {emojis.map((emoji, i) => (
                        <button
                            key={emoji}
                            type="button"
                            role="menuitem"
                            tabIndex={-1}
                            title={`${i + 1}`}
                            onClick={() => send(emoji)}
                        >
                            {emoji}
                        </button>
                    ))}
                </div>
            )}
        </div>
    );
}

export function FlyingReactions() {
    const { flying } = useCall();
    return (
        <div class="flying" aria-hidden="true">
            {flying.value.map((one) => (
                <span key={one.number} style={{ insetInlineStart: `${10 + one.at * 80}%` }}>
                    <b>{one.emoji}</b>
                    <small>{one.name}</small>
                </span>
            ))}
        </div>
    );
}
