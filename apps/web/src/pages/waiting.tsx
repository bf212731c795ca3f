import type { Client } from "@libconf/client";
import { useEffect, useRef } from "preact/hooks";
import type { OwnMedia } from "../app/own_media.ts";
import { t } from "../i18n/index.ts";
import { Button } from "../kit/index.ts";
import { Frame } from "./frame.tsx";
import { DeviceChoices, Preview } from "./preview.tsx";

/** The picture stays; what the hosts write is read aloud. */
export function WaitingPage({ client, own }: { readonly client: Client; readonly own: OwnMedia }) {
    const heading = useRef<HTMLHeadingElement>(null);
    useEffect(() => heading.current?.focus(), []);
    const message = client.waitingMessage.value;
    return (
        <Frame title={t("entry.waiting-title")}>
            <div class="prejoin">
                <Preview client={client} own={own} />
                <div class="stack">
                    <h1 ref={heading} tabIndex={-1}>
                        {t("entry.waiting-title")}
                    </h1>
                    <p>{t("entry.waiting-text")}</p>
                    <div role="status">
                        {message !== "" && (
                            <div class="card">
                                <h2>{t("entry.waiting-message")}</h2>
                                <p class="kept-lines">{message}</p>
                            </div>
                        )}
                    </div>
                    <Button label={t("entry.waiting-leave")} onClick={() => void client.leave()} />
                </div>
                <DeviceChoices client={client} own={own} />
            </div>
        </Frame>
    );
}
