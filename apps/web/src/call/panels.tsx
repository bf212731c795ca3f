import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { notesPath } from "../app/route.ts";
import { settings } from "../app/settings.ts";
import { t } from "../i18n/index.ts";
import { Button } from "../kit/index.ts";
import { ChatPanel } from "./chat_panel.tsx";
import { InfoPanel } from "./info_panel.tsx";
import { useCall } from "./model.ts";
import { NotesPanel } from "./notes_panel.tsx";
import { PeoplePanel } from "./people_panel.tsx";

const widthLeast = 280;
const widthMost = 640;
const step = 20;

/** One panel at a time; the focus goes into its heading, and back to its button. */
export function Panels() {
    const call = useCall();
    switch (call.panel.value) {
        case "people":
            return (
                <Panel key="people" title={t("call.people")}>
                    <PeoplePanel />
                </Panel>
            );
        case "chat":
            return (
                <Panel key="chat" title={t("call.chat")}>
                    <ChatPanel />
                </Panel>
            );
        case "notes":
            return (
                <Panel key="notes" title={t("call.notes")} wide={settings.notesWide.value} bare>
                    <NotesPanel tools={<NotesTools />} />
                </Panel>
            );
        case "info":
            return (
                <Panel key="info" title={t("call.info")}>
                    <InfoPanel />
                </Panel>
            );
        case null:
            return null;
    }
}

/** Half of the call, or the panel's width; a window beside it; or away. */
function NotesTools() {
    const call = useCall();
    const wide = settings.notesWide.value;
    return (
        <>
            <Button
                icon={wide ? "narrow" : "widen"}
                kind="quiet"
                iconOnly
                class="not-on-phone"
                label={t(wide ? "call.notes-narrower" : "call.notes-wider")}
                onClick={() => (settings.notesWide.value = !wide)}
            />
            <Button
                icon="pop-out"
                kind="quiet"
                iconOnly
                label={t("call.notes-window")}
                onClick={() => {
                    const name = call.openPad() ?? "notes";
                    // Opened at once, or the browser takes it for an advertisement; the way comes when it is known.
                    const opened = window.open("", `notes ${call.room}`, "popup,width=900,height=800");
                    void call.client
                        .padToken()
                        .then((token) => `#token=${token}`)
                        .catch(() => "")
                        .then((hash) => opened?.location.assign(notesPath(call.room, name) + hash));
                    call.panel.value = null;
                }}
            />
            <CloseButton title={t("call.notes")} />
        </>
    );
}

function Panel(props: {
    readonly title: string;
    readonly children: ComponentChildren;
    readonly wide?: boolean;
    /** Its head is a part of the content; what is read and gets the focus is there all the same. */
    readonly bare?: boolean;
}) {
    const { title, children, wide = false, bare = false } = props;
    const call = useCall();
    const heading = useRef<HTMLHeadingElement>(null);
    const opener = useRef<Element | null>(null);
    // At once: what the user does next must not lose the focus again.
    useLayoutEffect(() => {
        opener.current = document.activeElement;
        heading.current?.focus();
        return () => {
            const back = opener.current;
            if (back instanceof HTMLElement && back.isConnected) back.focus();
        };
    }, []);
    return (
        <aside
            class={wide ? "panel wide" : "panel"}
            id="panel"
            aria-labelledby="panel-title"
            style={{ width: `${settings.panelWidth.value}px` }}
            onKeyDown={(event) => {
                if (event.key !== "Escape" || event.defaultPrevented) return;
                event.preventDefault();
                call.panel.value = null;
            }}
        >
            {!wide && <Resizer />}
            {bare ? (
                <h2 class="hidden" id="panel-title" ref={heading} tabIndex={-1}>
                    {title}
                </h2>
            ) : (
                <header>
                    <h2 id="panel-title" ref={heading} tabIndex={-1}>
                        {title}
                    </h2>
                    <CloseButton title={title} />
                </header>
            )}
            {children}
        </aside>
    );
}

function CloseButton({ title }: { readonly title: string }) {
    const call = useCall();
    return (
        <Button
            icon="close"
            kind="quiet"
            iconOnly
            label={t("call.close-panel", { name: title })}
            onClick={() => (call.panel.value = null)}
        />
    );
}

/** By dragging or by arrows. */
function Resizer() {
    const set = (width: number): void => {
        settings.panelWidth.value = Math.round(Math.max(widthLeast, Math.min(widthMost, width)));
    };
    const side = (): number => (getComputedStyle(document.documentElement).direction === "rtl" ? -1 : 1);
    return (
        <div
            class="resizer"
            role="separator"
            aria-orientation="vertical"
            aria-label={t("call.panel-width")}
            aria-valuenow={settings.panelWidth.value}
            aria-valuemin={widthLeast}
            aria-valuemax={widthMost}
            tabIndex={0}
            onKeyDown={(event) => {
                const by = { ArrowLeft: step, ArrowRight: -step }[event.key];
                if (by === undefined) return;
                event.preventDefault();
                set(settings.panelWidth.value + by * side());
            }}
            onPointerDown={(event) => {
                const { currentTarget: handle, clientX, pointerId } = event;
                const from = settings.panelWidth.value;
                handle.setPointerCapture(pointerId);
                const move = (moved: PointerEvent): void => set(from + (clientX - moved.clientX) * side());
                handle.addEventListener("pointermove", move);
                handle.addEventListener(
                    "lostpointercapture",
                    () => handle.removeEventListener("pointermove", move),
                    {
                        once: true,
                    },
                );
            }}
        />
    );
}
