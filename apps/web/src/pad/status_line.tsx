import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { Icon } from "../kit/index.ts";
import { countWords } from "./count.ts";
import type { PadEditor } from "./editor.ts";
import type { OpenPad } from "./notes.ts";

const countEveryMs = 400;

/** Whether the others see it, in words, and how long the text is. */
export function StatusLine({ open, editor }: { readonly open: OpenPad; readonly editor: PadEditor }) {
    const { session } = open;
    const words = useSignal(countWords(editor.view.state.doc));
    useEffect(() => {
        let timer: ReturnType<typeof setTimeout> | undefined;
        let counted = editor.view.state.doc;
        // Not at every key: a long text takes its time.
        const off = editor.changes.subscribe(() => {
            if (editor.view.state.doc === counted) return;
            timer ??= setTimeout(() => {
                timer = undefined;
                counted = editor.view.state.doc;
                words.value = countWords(counted);
            }, countEveryMs);
        });
        return () => {
            off();
            clearTimeout(timer);
        };
    }, [editor]);
    const lost = session.state.value === "lost";
    return (
        <div class="pad-status">
            <span
                class={`pad-line${lost ? " lost" : ""}`}
                title={t(lost ? "pad.state-lost-hint" : "pad.state-open-hint")}
            >
                <Icon name={lost ? "warning" : "check"} />
                {t(!lost ? "pad.state-open" : session.unsent.value ? "pad.state-unsent" : "pad.state-lost")}
            </span>
            {lost && <span class="pad-advice">{t("pad.state-lost-hint")}</span>}
            <span class="pad-count">{t("pad.words", { count: words.value })}</span>
        </div>
    );
}
