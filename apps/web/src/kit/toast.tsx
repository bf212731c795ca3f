import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { announce } from "./announce.tsx";
import { Button } from "./button.tsx";

interface Toast {
    readonly number: number;
    readonly text: string;
    readonly kind: "plain" | "bad";
    readonly action: { readonly label: string; readonly run: () => void } | null;
    /** A new one of the same key replaces the old one. */
    readonly key: string;
}

const shownMs = 6000;
const shownMost = 2;
const toasts = signal<readonly Toast[]>([]);
let next = 1;

/** A sentence that waits six seconds, and as long as it is hovered or has the focus. It is announced, too. */
export function toast(
    text: string,
    options: {
        readonly kind?: "plain" | "bad";
        readonly action?: { readonly label: string; readonly run: () => void };
        readonly key?: string;
    } = {},
): void {
    const made: Toast = {
        number: next++,
        text,
        kind: options.kind ?? "plain",
        action: options.action ?? null,
        key: options.key ?? text,
    };
    // Whoever calls is not to run again because a toast came.
    toasts.value = [...toasts.peek().filter((one) => one.key !== made.key), made].slice(-shownMost);
    announce(text, made.kind === "bad" ? "assertive" : "polite");
}

export function dismissToast(key: string): void {
    toasts.value = toasts.peek().filter((one) => one.key !== key);
}

export function Toasts() {
    return (
        <div class="toasts">
            {toasts.value.map((one) => (
                <OneToast key={one.number} of={one} />
            ))}
        </div>
    );
}

function OneToast({ of }: { readonly of: Toast }) {
    const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
    const close = (): void => dismissToast(of.key);
    const hold = (): void => clearTimeout(timer.current);
    const run = (): void => {
        hold();
        timer.current = setTimeout(close, shownMs);
    };
    useEffect(() => {
        run();
        return hold;
    }, []);
    return (
        <div
            class={`toast ${of.kind}`}
            onPointerEnter={hold}
            onPointerLeave={run}
            onFocusIn={hold}
            onFocusOut={run}
        >
            <p>{of.text}</p>
            {of.action !== null && (
                <Button
                    label={of.action.label}
                    onClick={() => {
                        close();
                        of.action?.run();
                    }}
                />
            )}
            <Button icon="close" kind="quiet" iconOnly label={t("common.close")} onClick={close} />
        </div>
    );
}
