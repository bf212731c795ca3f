import { useSignal } from "@preact/signals";
import { t } from "../i18n/index.ts";
import { Button, Dialog, toast, Toggle } from "../kit/index.ts";
import { refusalSentence } from "../app/words.ts";
import { useCall } from "./model.ts";

/** Sharp text or smooth motion, with or without sound; the browser then asks which screen. */
export function ShareDialog() {
    const call = useCall();
    const sound = useSignal(false);
    const close = (): void => {
        if (call.dialog.value === "share") call.dialog.value = null;
    };
    const share = async (kind: "text" | "motion"): Promise<void> => {
        close();
        const error = await call.own.shareScreen(kind, sound.value).catch((refused: unknown) => {
            toast(refusalSentence(refused), { kind: "bad" });
            return null;
        });
        if (error !== null) {
            toast(t(error === "blocked-system" ? "call.screen-blocked" : "call.screen-failed"), {
                kind: "bad",
            });
        }
    };
    return (
        <Dialog open={call.dialog.value === "share"} title={t("call.share-title")} onClose={close}>
            <div class="stack">
                <p>{t("call.share-what")}</p>
                <div class="choices">
                    <Button
                        kind="main"
                        icon="screen"
                        label={t("call.share-text")}
                        onClick={() => void share("text")}
                    />
                    <p class="hint">{t("call.share-text-hint")}</p>
                    <Button
                        icon="screen"
                        label={t("call.share-motion")}
                        onClick={() => void share("motion")}
                    />
                    <p class="hint">{t("call.share-motion-hint")}</p>
                </div>
                <Toggle
                    label={t("call.share-sound")}
                    hint={t("call.share-sound-hint")}
                    checked={sound.value}
                    onChange={(on) => (sound.value = on)}
                />
            </div>
        </Dialog>
    );
}
