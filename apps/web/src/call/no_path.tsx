import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { copyText } from "../app/copy.ts";
import { t } from "../i18n/index.ts";
import { Button } from "../kit/index.ts";
import { act } from "./act.ts";
import { useCall } from "./model.ts";
import { reportOf } from "./report.ts";

/** A way through a relay over TLS may take a while to be found. */
const patienceMs = 15_000;

/** The server answers, but sound and pictures do not get through: why that may be, and what one can do. */
export function NoPath() {
    const call = useCall();
    const { client } = call;
    const isCut = useComputed(() => {
        const { publish, receive } = client.media.transports.value;
        const isWell = (state: string): boolean => state === "connected" || state === "none";
        return client.lost.value === null && !(isWell(publish) && isWell(receive));
    });
    const shown = useSignal(false);
    useEffect(() => {
        if (!isCut.value) return;
        const timer = setTimeout(() => (shown.value = true), patienceMs);
        return () => {
            clearTimeout(timer);
            shown.value = false;
        };
    }, [isCut.value]);
    return (
        <div role="alert">
            {shown.value && (
                <div class="no-path">
                    <h2>{t("call.no-path")}</h2>
                    <p>{t("call.no-path-text")}</p>
                    <div class="row wrap">
                        <Button
                            kind="main"
                            label={t("common.retry")}
                            onClick={() => act(client.media.reset())}
                        />
                        <Button label={t("call.why")} onClick={() => (call.panel.value = "info")} />
                        <Button
                            icon="copy"
                            label={t("call.copy-report")}
                            onClick={() =>
                                void reportOf(client).then((report) => copyText(report, t("common.copied")))
                            }
                        />
                    </div>
                </div>
            )}
        </div>
    );
}
