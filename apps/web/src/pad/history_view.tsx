import type { Version } from "@libconf/client/pad";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { refusalSentence } from "../app/words.ts";
import { formatList, formatMoment, t } from "../i18n/index.ts";
import { Button, toast } from "../kit/index.ts";
import type { PadEditor } from "./editor.ts";
import type { OpenPad } from "./notes.ts";
import { usePad } from "./pad.tsx";
import { oldView, type OldView } from "./old_view.ts";

const lookMs = 120;

/** The notes as they were: a slider over the versions, with when and who, and the way back to one of them. */
export function HistoryView({ open, editor }: { readonly open: OpenPad; readonly editor: PadEditor }) {
    const { notes, face } = usePad();
    /** Oldest first, as the slider goes. */
    const versions = useSignal<readonly Version[] | null>(null);
    const more = useSignal(false);
    const at = useSignal(0);
    const problem = useSignal<string | null>(null);
    const box = useRef<HTMLDivElement>(null);
    const shown = useRef<OldView | null>(null);
    const slider = useRef<HTMLInputElement>(null);

    const fail = (error: unknown): void => {
        problem.value = t("pad.history-failed", { why: refusalSentence(error) });
    };
    const fetchPage = async (): Promise<void> => {
        try {
            const before = versions.peek() ?? [];
            const page = await notes.api.history(open.name, before[0]?.version ?? null);
            const older = [...page.versions].reverse();
            versions.value = [...older, ...before];
            at.value = before.length === 0 ? older.length - 1 : at.peek() + older.length;
            more.value = page.more;
        } catch (error) {
            fail(error);
        }
    };
    useEffect(() => {
        void fetchPage().then(() => slider.current?.focus());
        void notes.api.authors(open.name).then(
            (authors) => open.book.learn(authors),
            () => undefined,
        );
        return () => shown.current?.dispose();
    }, []);

    const version = versions.value?.[at.value];
    useEffect(() => {
        if (version === undefined) return;
        let isOver = false;
        // Whoever drags over a hundred of them looks at the last.
        const timer = setTimeout(() => {
            notes.api.version(open.name, version.version).then((bytes) => {
                if (isOver || box.current === null) return;
                shown.current?.dispose();
                shown.current = oldView(box.current, bytes, {
                    book: open.book,
                    label: t("pad.history-text"),
                    task: t("pad.task-done"),
                    address: (path) => notes.api.imageAddress(path),
                });
                problem.value = null;
            }, fail);
        }, lookMs);
        return () => {
            isOver = true;
            clearTimeout(timer);
        };
    }, [version?.version]);

    const leave = (): void => {
        face.history.value = false;
        queueMicrotask(() => editor.view.focus());
    };
    const restore = (): void => {
        const { current } = shown;
        if (current === null || version === undefined) return;
        editor.replaceAll(current.doc);
        toast(t("pad.history-restored", { time: formatMoment(version.at) }));
        leave();
    };
    const label = version === undefined ? "" : versionWords(version, open);
    return (
        <section class="pad-history" aria-label={t("pad.history-title")}>
            <div class="pad-history-head">
                <Button icon="arrow-left" kind="quiet" label={t("pad.history-back")} onClick={leave} />
                {version !== undefined && open.session.writable.value && (
                    <Button label={t("pad.history-restore")} onClick={restore} />
                )}
            </div>
            {problem.value !== null && (
                <p class="error" role="alert">
                    {problem.value}
                </p>
            )}
            {versions.value === null && problem.value === null && (
                <p class="empty" role="status">
                    {t("pad.history-loading")}
                </p>
            )}
            {versions.value?.length === 0 && <p class="empty">{t("pad.history-none")}</p>}
            {versions.value !== null && versions.value.length > 0 && (
                <div class="pad-slider">
                    <input
                        ref={slider}
                        type="range"
                        min={0}
                        max={versions.value.length - 1}
                        value={at.value}
                        aria-label={t("pad.history-slider")}
                        aria-valuetext={label}
                        onInput={(event) => (at.value = Number(event.currentTarget.value))}
                    />
                    <p>{label}</p>
                    {more.value && at.value === 0 && (
                        <Button label={t("pad.history-older")} onClick={() => void fetchPage()} />
                    )}
                </div>
            )}
            <div class="pad-scroll" ref={box} />
        </section>
    );
}

function versionWords({ at, authors }: Version, { book }: OpenPad): string {
    void book.changes.value;
    const names = authors.map((id) => book.byId(id).name).filter((name) => name !== "");
    const time = formatMoment(at);
    return names.length === 0
        ? t("pad.history-version-nobody", { time })
        : t("pad.history-version", { time, names: formatList(names) });
}
