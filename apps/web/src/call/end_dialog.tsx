import { t } from "../i18n/index.ts";
import { Button, Dialog } from "../kit/index.ts";
import { act } from "./act.ts";
import { useCall } from "./model.ts";

export function EndDialog() {
    const call = useCall();
    const close = (): void => {
        if (call.dialog.value === "end") call.dialog.value = null;
    };
    return (
        <Dialog
            open={call.dialog.value === "end"}
            title={t("call.end-title")}
            onClose={close}
            actions={
                <>
                    <Button label={t("common.cancel")} onClick={close} />
                    <Button
                        kind="danger"
                        label={t("call.end-for-all")}
                        onClick={() => {
                            close();
                            act(call.client.endMeeting());
                        }}
                    />
                </>
            }
        >
            <p>{t("call.end-text")}</p>
        </Dialog>
    );
}
