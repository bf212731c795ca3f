import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { Button } from "../kit/index.ts";
import { useCall } from "./model.ts";

const silentMs = 1000;
const offerMs = 30_000;

/** While the connection is lost: nothing for a second, then a word, after half a minute a choice. */
export function Veil() {
    const { client } = useCall();
    const lost = client.lost.value;
    const now = useSignal(Date.now());
    useEffect(() => {
        if (lost === null) return;
        const timer = setInterval(() => (now.value = Date.now()), 250);
        return () => clearInterval(timer);
    }, [lost === null]);
    const since = lost === null ? 0 : now.value - lost.since;
    const shown = lost !== null && since >= silentMs;
    return (
        <div class={shown ? "veil dark shown" : "veil"} role="status">
            {shown && (
                <div class="veil-box">
                    <p>{t(lost.why === "restarting" ? "call.restarting" : "call.reconnecting")}</p>
                    {since >= offerMs && (
                        <div class="row">
                            <Button
                                kind="main"
                                label={t("call.keep-trying")}
                                onClick={() => client.retryNow()}
                            />
                            <Button label={t("call.leave")} onClick={() => void client.leave()} />
                        </div>
                    )}
                </div>
            )}
        </div>
    );
}
