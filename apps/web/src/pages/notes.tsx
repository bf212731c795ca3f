import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { isRoomName } from "../app/route.ts";
import { loadWords, t } from "../i18n/index.ts";
import type { NotesWindowProps } from "../pad/notes_window.tsx";
import { Frame } from "./frame.tsx";
import { MessagePage } from "./message.tsx";

/** Notes in a window of their own: what they are made of is fetched first. */
export function NotesPage({ room, pad }: { readonly room: string; readonly pad: string }) {
    const Window = useSignal<ComponentType<NotesWindowProps> | null>(null);
    const broken = useSignal(false);
    useEffect(() => {
        Promise.all([import("../pad/notes_window.tsx"), loadWords("pad")]).then(
            ([module]) => (Window.value = module.default),
            () => (broken.value = true),
        );
    }, []);
    if (!isRoomName(room) || !isRoomName(pad)) {
        return <MessagePage title={t("entry.unknown-title")} text={t("entry.enter-bad-name")} />;
    }
    if (broken.value) {
        return (
            <MessagePage
                title={t("entry.version-title")}
                text={t("entry.version-text")}
                action={{ label: t("entry.reload"), onClick: () => location.reload() }}
            />
        );
    }
    if (Window.value === null) {
        return (
            <Frame title={room}>
                <p role="status">{t("entry.loading-call")}</p>
            </Frame>
        );
    }
    return <Window.value room={room} pad={pad} />;
}
