import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { refusalSentence } from "../app/words.ts";
import { t } from "../i18n/index.ts";
import { announce, Button, Dialog, TextField } from "../kit/index.ts";
import { titleOf, usePad } from "./pad.tsx";

const titleMost = 64;

/** For new notes, and for another title of these. */
export function TitleDialog() {
    const { face } = usePad();
    const which = face.dialog.value;
    const close = (): void => {
        if (face.dialog.value === "new" || face.dialog.value === "rename") face.dialog.value = null;
    };
    return (
        <Dialog
            open={which === "new" || which === "rename"}
            title={t(which === "rename" ? "pad.rename-title" : "pad.new-title")}
            onClose={close}
        >
            <TitleForm isNew={which === "new"} close={close} />
        </Dialog>
    );
}

function TitleForm({ isNew, close }: { readonly isNew: boolean; readonly close: () => void }) {
    const { notes } = usePad();
    const text = useSignal(isNew ? "" : titleOf(notes));
    const error = useSignal<string | null>(null);
    const asking = useSignal(false);
    const field = useRef<HTMLInputElement>(null);
    const submit = async (): Promise<void> => {
        const title = text.value.trim();
        if (title === "") {
            error.value = t("pad.title-empty");
            field.current?.focus();
            return;
        }
        asking.value = true;
        try {
            if (isNew) await notes.create(title);
            else await notes.rename(notes.open.peek()!.name, title);
            announce(t("pad.created", { title }));
            close();
        } catch (refused) {
            error.value = refusalSentence(refused);
        } finally {
            asking.value = false;
        }
    };
    return (
        <form
            class="stack"
            onSubmit={(event) => {
                event.preventDefault();
                if (!asking.value) void submit();
            }}
        >
            <TextField
                label={t("pad.title")}
                value={text.value}
                error={error.value}
                inputRef={field}
                first
                maxLength={titleMost}
                onInput={(value) => {
                    text.value = value;
                    error.value = null;
                }}
            />
            <div class="row">
                <Button
                    submit
                    kind="main"
                    label={t(isNew ? "pad.create" : "pad.save")}
                    disabled={asking.value}
                    onClick={() => undefined}
                />
                <Button label={t("common.cancel")} onClick={close} />
            </div>
        </form>
    );
}
