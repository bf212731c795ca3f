import { useEffect, useRef } from "preact/hooks";
import { settings, type Layout } from "../app/settings.ts";
import { t } from "../i18n/index.ts";
import { Button, Menu, type MenuItem } from "../kit/index.ts";
import { act } from "./act.ts";
import { deviceItems } from "./device_menu.ts";
import { keyOf, keyLabel, type Action } from "./keys.ts";
import { useCall } from "./model.ts";
import { changedKeys } from "../app/settings.ts";
import { canPopOut, popOut } from "./pop_out.tsx";
import { ReactionPicker } from "./reactions.tsx";
import { moveFocus, rove } from "./rove.ts";

/** One tab stop, arrows inside; the order never changes, and what cannot be used says why. */
export function Toolbar() {
    const bar = useRef<HTMLDivElement>(null);
    useEffect(() => {
        rove(bar.current, document.activeElement);
    });
    return (
        <nav class="bar" id="call-bar" aria-label={t("call.controls")} tabIndex={-1}>
            <div
                ref={bar}
                role="toolbar"
                aria-label={t("call.controls")}
                class="bar-row"
                onFocusIn={(event) => rove(bar.current, event.target as Element)}
                onKeyDown={(event) => moveFocus(bar.current, event)}
            >
                <div class="bar-main">
                    <MicrophoneButton />
                    <CameraButton />
                    <ScreenButton />
                    <BoardButton />
                    <ReactionPicker />
                    <HandButton />
                    <MoreMenu />
                    <LeaveButton />
                </div>
                <div class="bar-side">
                    <PanelButtons />
                </div>
            </div>
        </nav>
    );
}

export function shortcutOf(action: Action): string | undefined {
    const key = keyOf(action, changedKeys.value);
    return settings.singleKeys.value || key.length > 1 ? keyLabel(key) : undefined;
}

/** `alone`: without the menu of its devices. */
export function MicrophoneButton({ alone = false }: { readonly alone?: boolean }) {
    const call = useCall();
    const own = call.own.microphone.value;
    const on = own.wanted && own.track !== null;
    const allowed = call.client.may.value.microphone || on;
    return (
        <div class="split">
            <Button
                icon={on ? "mic" : "mic-off"}
                iconOnly
                class={on ? "round" : "round off"}
                label={t(on ? "entry.turn-microphone-off" : "entry.turn-microphone-on")}
                disabled={!allowed}
                reason={allowed ? undefined : t("call.locked-microphone")}
                shortcut={shortcutOf("microphone")}
                onClick={() => act(call.own.setMicrophone(!on))}
            />
            {!alone && (
                <Menu
                    icon="chevron-down"
                    iconOnly
                    side="above"
                    label={t("call.microphone-options")}
                    items={deviceItems(call, "microphone")}
                />
            )}
        </div>
    );
}

export function CameraButton({ alone = false }: { readonly alone?: boolean }) {
    const call = useCall();
    const own = call.own.camera.value;
    const on = own.track !== null;
    const allowed = call.client.may.value.camera || on;
    return (
        <div class="split">
            <Button
                icon={on ? "camera" : "camera-off"}
                iconOnly
                class={on ? "round" : "round off"}
                label={t(on ? "entry.turn-camera-off" : "entry.turn-camera-on")}
                disabled={!allowed}
                reason={allowed ? undefined : t("call.locked-camera")}
                shortcut={shortcutOf("camera")}
                onClick={() => act(call.own.setCamera(!on))}
            />
            {!alone && (
                <Menu
                    icon="chevron-down"
                    iconOnly
                    side="above"
                    label={t("call.camera-options")}
                    items={deviceItems(call, "camera")}
                />
            )}
        </div>
    );
}

function ScreenButton() {
    const call = useCall();
    const on = call.own.screen.value;
    const can = typeof navigator.mediaDevices?.getDisplayMedia === "function";
    const allowed = call.client.may.value.screen;
    return (
        <Button
            icon={on ? "screen-off" : "screen"}
            iconOnly
            class={on ? "round active" : "round"}
            label={t(on ? "call.stop-sharing" : "call.share-screen")}
            disabled={!on && (!can || !allowed)}
            reason={can ? (allowed || on ? undefined : t("call.locked-screen")) : t("call.no-screen-here")}
            shortcut={shortcutOf("share")}
            onClick={() => {
                if (on) void call.own.stopScreen();
                else call.dialog.value = "share";
            }}
        />
    );
}

function BoardButton() {
    const call = useCall();
    const on = call.isBoardOpen.value;
    const isThere = call.boardWatch.isThere.value;
    return (
        <Button
            icon="board"
            iconOnly
            class={on ? "round active" : "round"}
            label={t("call.board")}
            pressed={on}
            disabled={!isThere}
            reason={isThere ? undefined : t("call.no-board-here")}
            shortcut={shortcutOf("board")}
            onClick={() => call.showBoard(!on)}
        />
    );
}

export function HandButton() {
    const { client } = useCall();
    const up = client.self.value?.hand.value != null;
    return (
        <Button
            icon="hand"
            iconOnly
            class={up ? "round active" : "round"}
            label={t("call.hand")}
            pressed={up}
            shortcut={shortcutOf("hand")}
            onClick={() => act(client.raiseHand(!up))}
        />
    );
}

function MoreMenu() {
    const call = useCall();
    const away = call.client.self.value?.away.value === true;
    const layout = (one: Layout): MenuItem => ({
        label: t(one === "grid" ? "call.layout-grid" : "call.layout-speaker"),
        checked: settings.layout.value === one,
        oneOf: true,
        onSelect: () => (settings.layout.value = one),
    });
    const items: MenuItem[] = [
        layout("grid"),
        layout("speaker"),
        {
            label: t("call.hide-self"),
            checked: settings.hideSelf.value,
            onSelect: () => (settings.hideSelf.value = !settings.hideSelf.value),
        },
        {
            label: t("call.saver"),
            checked: settings.saver.value,
            onSelect: () => act(call.own.setSaver(!settings.saver.value)),
        },
        {
            label: t("call.away"),
            checked: away,
            separator: true,
            onSelect: () => act(call.client.setAway(!away)),
        },
    ];
    if (document.fullscreenEnabled) {
        items.push({ label: t("call.full-screen"), icon: "full-screen", onSelect: toggleFullScreen });
    }
    if (canPopOut())
        items.push({
            label: t("call.pop-out"),
            icon: "pop-out",
            checked: call.poppedOut.value,
            onSelect: () => void popOut(call),
        });
    items.push(
        {
            label: t("call.settings"),
            icon: "settings",
            separator: true,
            onSelect: () => (call.dialog.value = "settings"),
        },
        {
            label: t("call.shortcuts"),
            icon: "keyboard",
            onSelect: () => (call.dialog.value = "shortcuts"),
        },
        { label: t("call.info"), icon: "info", onSelect: () => call.toggle("info") },
    );
    return <Menu icon="more" iconOnly class="round" side="above" label={t("call.more")} items={items} />;
}

export function toggleFullScreen(): void {
    if (document.fullscreenElement !== null) void document.exitFullscreen();
    else void document.documentElement.requestFullscreen().catch(() => undefined);
}

function LeaveButton() {
    const call = useCall();
    const leave = (): void => void call.client.leave();
    if (!call.client.may.value.moderate) {
        return <Button icon="leave" kind="danger" class="leave" label={t("call.leave")} onClick={leave} />;
    }
    return (
        <Menu
            icon="leave"
            kind="danger"
            class="leave"
            side="above"
            label={t("call.leave")}
            items={[
                { label: t("call.leave-alone"), icon: "leave", onSelect: leave },
                {
                    label: t("call.end-for-all"),
                    icon: "close",
                    danger: true,
                    onSelect: () => (call.dialog.value = "end"),
                },
            ]}
        />
    );
}

function PanelButtons() {
    const call = useCall();
    const waits = call.client.waiting.value.length;
    const count = call.client.people.value.length;
    return (
        <>
            <Button
                icon="people"
                iconOnly
                class={`round${call.panel.value === "people" ? " active" : ""}`}
                label={
                    waits > 0
                        ? t("call.people-waiting", { count: waits })
                        : t("call.people-button", { count })
                }
                badge={waits}
                expanded={call.panel.value === "people"}
                controls="panel"
                shortcut={shortcutOf("people")}
                onClick={() => call.toggle("people")}
            />
            <Button
                icon="chat"
                iconOnly
                class={`round${call.panel.value === "chat" ? " active" : ""}`}
                label={
                    call.unread.value > 0
                        ? t("call.chat-unread", { count: call.unread.value })
                        : t("call.chat")
                }
                badge={call.unread.value}
                expanded={call.panel.value === "chat"}
                controls="panel"
                shortcut={shortcutOf("chat")}
                onClick={() => call.toggle("chat")}
            />
            <Button
                icon="notes"
                iconOnly
                class={`round${call.panel.value === "notes" ? " active" : ""}`}
                label={t("call.notes")}
                expanded={call.panel.value === "notes"}
                controls="panel"
                shortcut={shortcutOf("notes")}
                onClick={() => call.toggle("notes")}
            />
        </>
    );
}
