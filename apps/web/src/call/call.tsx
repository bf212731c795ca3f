import type { Client } from "@libconf/client";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { OwnMedia } from "../app/own_media.ts";
import { t } from "../i18n/index.ts";
import { AudioSinks, SoundBlocked } from "./audio.tsx";
import { watchAdvice } from "./advice.ts";
import { EndDialog } from "./end_dialog.tsx";
import { keepFocus } from "./keep_focus.ts";
import { CallContext, CallModel } from "./model.ts";
import { watchNotices } from "./notices.ts";
import { NoPath } from "./no_path.tsx";
import { Panels } from "./panels.tsx";
import { FlyingReactions } from "./reactions.tsx";
import { SettingsDialog } from "./settings_dialog.tsx";
import { listenToKeys, ShortcutsDialog } from "./shortcuts.tsx";
import { ShareDialog } from "./share_dialog.tsx";
import { Stage } from "./stage.tsx";
import { Toolbar } from "./toolbar.tsx";
import { TopBar } from "./top_bar.tsx";
import { Veil } from "./veil.tsx";
import "../styles/call.css";

export interface CallProps {
    readonly client: Client;
    readonly own: OwnMedia;
    readonly room: string;
}

/** The meeting itself: stage, bar, and one panel at a time. */
export default function Call({ client, own, room }: CallProps) {
    const model = useMemo(() => new CallModel(client, own, room), []);
    const root = useRef<HTMLDivElement>(null);
    useEffect(() => {
        const ends = [
            watchNotices(model),
            watchAdvice(model),
            listenToKeys(model, root),
            keepFocus(root.current!),
        ];
        root.current?.querySelector<HTMLElement>("main")?.focus();
        return () => {
            for (const end of ends) end();
            model.dispose();
        };
    }, []);
    const title = client.room.value?.title ?? room;
    const unread = model.unread.value;
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${title} · ${t("common.product")}`;
    return (
        <CallContext.Provider value={model}>
            <div class={`call${model.panel.value === null ? "" : " with-panel"}`} ref={root}>
                <a class="skip" href="#call-bar">
                    {t("call.skip-to-bar")}
                </a>
                <TopBar />
                <main class="stage-area dark" tabIndex={-1} aria-label={t("call.stage")}>
                    <Stage />
                    <SoundBlocked />
                    <NoPath />
                    <FlyingReactions />
                </main>
                <Veil />
                <Panels />
                <Toolbar />
                <AudioSinks />
                <SettingsDialog />
                <ShortcutsDialog />
                <ShareDialog />
                <EndDialog />
            </div>
        </CallContext.Provider>
    );
}
