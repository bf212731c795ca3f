import { t, type Key } from "../i18n/index.ts";
import { Dialog } from "../kit/index.ts";
import { usePad } from "./pad.tsx";

const rows: readonly { readonly words: Key; readonly keys: string }[] = [
    { words: "pad.strong", keys: "Ctrl+B" },
    { words: "pad.em", keys: "Ctrl+I" },
    { words: "pad.underline", keys: "Ctrl+U" },
    { words: "pad.strike", keys: "Ctrl+Shift+X" },
    { words: "pad.code", keys: "Ctrl+`" },
    { words: "pad.link", keys: "Ctrl+K" },
    { words: "pad.keys-headings", keys: "Ctrl+Alt+0 … 3" },
    { words: "pad.keys-lists", keys: "Ctrl+Shift+7 … 9" },
    { words: "pad.quote", keys: "Ctrl+Shift+." },
    { words: "pad.keys-indent", keys: "Tab, Shift+Tab" },
    { words: "pad.keys-task", keys: "Ctrl+Enter" },
    { words: "pad.keys-before", keys: "Ctrl+Shift+Enter" },
    { words: "pad.keys-undo", keys: "Ctrl+Z, Ctrl+Y" },
    { words: "pad.keys-find", keys: "Ctrl+F" },
    { words: "pad.keys-toolbar", keys: "Esc" },
];

export function KeysDialog() {
    const { face } = usePad();
    return (
        <Dialog
            open={face.dialog.value === "keys"}
            title={t("pad.keys")}
            onClose={() => {
                if (face.dialog.value === "keys") face.dialog.value = null;
            }}
        >
            <div class="stack">
                <table class="pad-keys">
                    <tbody>
                        {rows.map(({ words, keys }) => (
                            <tr key={words}>
                                <th scope="row">{t(words)}</th>
                                <td>{keys}</td>
                            </tr>
                        ))}
                    </tbody>
                </table>
                <p class="hint">{t("pad.keys-markdown")}</p>
            </div>
        </Dialog>
    );
}
