import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { Button, Dialog, TextField } from "../kit/index.ts";
import { linkAt, setLink } from "./commands.ts";
import type { PadEditor } from "./editor.ts";
import { usePad } from "./pad.tsx";
import { safeLink } from "./safe.ts";

export function LinkDialog({ editor }: { readonly editor: PadEditor }) {
    const { face } = usePad();
    const isOpen = face.dialog.value === "link";
    const close = (): void => {
        if (face.dialog.value === "link") face.dialog.value = null;
    };
    return (
        <Dialog open={isOpen} title={t("pad.link-title")} onClose={close}>
            <LinkForm editor={editor} close={close} />
        </Dialog>
    );
}

function LinkForm({ editor, close }: { readonly editor: PadEditor; readonly close: () => void }) {
    const { state } = editor.view;
    const here = linkAt(state);
    const { from, to } = state.selection;
    const address = useSignal(here?.href ?? "");
    const words = useSignal(here?.text ?? state.doc.textBetween(from, to, " "));
    const error = useSignal<string | null>(null);
    const field = useRef<HTMLInputElement>(null);
    const set = (): void => {
        if (safeLink(address.value) === null) {
            error.value = t("pad.link-bad");
            field.current?.focus();
            return;
        }
        close();
        editor.do(setLink(address.value, words.value.trim()));
    };
    return (
        <form
            class="stack"
            onSubmit={(event) => {
                event.preventDefault();
                set();
            }}
        >
            <TextField
                label={t("pad.link-address")}
                hint={t("pad.link-hint")}
                value={address.value}
                error={error.value}
                inputRef={field}
                first
                spellcheck={false}
                maxLength={2000}
                onInput={(value) => {
                    address.value = value;
                    error.value = null;
                }}
            />
            <TextField
                label={t("pad.link-text")}
                value={words.value}
                maxLength={500}
                onInput={(value) => (words.value = value)}
            />
            <div class="row">
                <Button submit kind="main" label={t("pad.link-set")} onClick={() => undefined} />
                <Button label={t("common.cancel")} onClick={close} />
            </div>
        </form>
    );
}
