import type { RequestError } from "@libconf/client";
import { t } from "../i18n/index.ts";
import { MessagePage } from "./message.tsx";

/** Why nobody can look through this door, or come in. */
export function RefusedPage(props: { readonly error: RequestError; readonly retry: () => void }) {
    const again = { label: t("common.retry"), onClick: props.retry };
    switch (props.error.code) {
        case "unknown_room":
            return <MessagePage title={t("entry.unknown-title")} text={t("entry.unknown-text")} />;
        case "bad_token":
        case "expired_token":
            return <MessagePage title={t("entry.bad-token-title")} text={t("entry.bad-token-text")} />;
        case "room_full":
            return <MessagePage title={t("entry.full-title")} text={t("entry.full-text")} action={again} />;
        case "server_full":
            return (
                <MessagePage
                    title={t("entry.server-full-title")}
                    text={t("entry.server-full-text")}
                    action={again}
                />
            );
        case "banned":
            return <MessagePage title={t("entry.banned-title")} text={t("entry.banned-text")} />;
        case "refused":
            return <MessagePage title={t("entry.refused-title")} text={t("entry.banned-text")} />;
        case "version":
            return (
                <MessagePage
                    title={t("entry.version-title")}
                    text={t("entry.version-text")}
                    action={{ label: t("entry.reload"), onClick: () => location.reload() }}
                />
            );
        case "unreachable":
        case "timeout":
        case "ended":
            return (
                <MessagePage
                    title={t("entry.unreachable-title")}
                    text={t("entry.unreachable-text")}
                    action={again}
                />
            );
        default:
            return (
                <MessagePage
                    title={t("entry.other-title")}
                    text={t("entry.other-text", { why: props.error.message })}
                    action={again}
                />
            );
    }
}
