import { t } from "../i18n/index.ts";
import { MessagePage } from "./message.tsx";

export function OldBrowserPage() {
    return <MessagePage title={t("entry.old-title")} text={t("entry.old-text")} home={false} />;
}
