import { signal, useSignal } from "@preact/signals";
import { createContext, type ComponentChildren } from "preact";
import { useContext, useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { refusalSentence } from "../app/words.ts";
import { formatNumber, t, type Key } from "../i18n/index.ts";
import { announce, Button, toast } from "../kit/index.ts";
import { HereBar } from "./here_bar.tsx";
import { FindBar } from "./find_bar.tsx";
import { HistoryView } from "./history_view.tsx";
import { KeysDialog } from "./keys_dialog.tsx";
import { LinkDialog } from "./link_dialog.tsx";
import { firstPad, keyHintId, Notes, type NotesHost, type OpenPad } from "./notes.ts";
import { PadHead } from "./pad_head.tsx";
import { PictureDialog, type PictureAsked } from "./picture_dialog.tsx";
import { StatusLine } from "./status_line.tsx";
import { TitleDialog } from "./title_dialog.tsx";
import { Tools } from "./tools.tsx";
import "./pad.css";

export type PadDialog = "link" | "new" | "rename" | "keys";

/** What is open over the notes. */
export class PadFace {
    readonly dialog = signal<PadDialog | null>(null);
    readonly finding = signal(false);
    readonly history = signal(false);
    readonly picture = signal<PictureAsked | null>(null);
}

export const PadContext = createContext<{ readonly notes: Notes; readonly face: PadFace } | null>(null);

export function usePad(): { readonly notes: Notes; readonly face: PadFace } {
    const found = useContext(PadContext);
    if (found === null) throw new Error("a part of the notes outside of them");
    return found;
}

/** The notes of a room, for a panel or a window of their own: made once, shown as often as one likes. */
export function makeNotes(host: NotesHost, name: string | null): Notes {
    const notes = new Notes(
        host,
        {
            label: () => textLabel(notes),
            task: () => t("pad.task-done"),
            empty: () => t("pad.empty"),
            tooLarge: (name, megabytes) => t("pad.picture-large", { name, most: formatNumber(megabytes) }),
        },
        (why) => toast(typeof why === "string" ? why : refusalSentence(why), { kind: "bad" }),
    );
    void notes.list().then(
        () => notes.show(name ?? notes.pads.peek()?.[0]?.name ?? firstPad),
        // The list is a convenience: the notes themselves say what is wrong.
        () => notes.show(name ?? firstPad),
    );
    return notes;
}

export function titleOf(notes: Notes): string {
    const name = notes.open.value?.name ?? firstPad;
    const known = notes.pads.value?.find((one) => one.name === name);
    return known?.title ?? (name === firstPad ? t("pad.notes") : name);
}

function textLabel(notes: Notes): string {
    return t("pad.text-of", { title: titleOf(notes) });
}

export function PadView(props: {
    readonly notes: Notes;
    /** In a window of its own. */
    readonly solo?: boolean;
    /** What stands last in its head: of whoever shows it. */
    readonly tools?: ComponentChildren;
}) {
    const { notes, solo = false } = props;
    const face = useRef<PadFace>(null);
    face.current ??= new PadFace();
    const open = notes.open.value;
    return (
        <PadContext.Provider value={{ notes, face: face.current }}>
            <div class={`pad${solo ? " solo" : ""}`}>
                <PadHead tools={props.tools} />
                {open === null ? (
                    <p class="empty" role="status">
                        {t("pad.opening")}
                    </p>
                ) : (
                    <OnePad key={open.name} open={open} />
                )}
                <TitleDialog />
                <KeysDialog />
            </div>
        </PadContext.Provider>
    );
}

function OnePad({ open }: { readonly open: OpenPad }) {
    const { face } = usePad();
    const { session } = open;
    const editor = open.editor.value;
    useConnectionNews(open);
    const isRefused = session.state.value === "refused";
    if (editor === null && isRefused) return <Refused open={open} />;
    if (editor === null) {
        return (
            <p class="empty" role="status">
                {t(session.failing.value ? "pad.unreachable" : "pad.opening")}
            </p>
        );
    }
    if (face.history.value) return <HistoryView open={open} editor={editor} />;
    return (
        <>
            {isRefused ? (
                // What was written stays to be copied.
                <Refused open={open} />
            ) : session.writable.value ? (
                <Tools open={open} editor={editor} />
            ) : (
                <div class="pad-note" role="status">
                    <p>{t(session.tooNew.value ? "pad.too-new" : "pad.read-only")}</p>
                    {session.tooNew.value && (
                        <Button label={t("pad.reload")} onClick={() => location.reload()} />
                    )}
                </div>
            )}
            {face.finding.value && <FindBar editor={editor} />}
            <Text open={open} />
            <HereBar editor={editor} />
            <StatusLine open={open} editor={editor} />
            <LinkDialog editor={editor} />
            <PictureDialog editor={editor} />
        </>
    );
}

/** The editor's own element, which outlives this view of it. */
function Text({ open }: { readonly open: OpenPad }) {
    const { notes } = usePad();
    const box = useRef<HTMLDivElement>(null);
    const editor = open.editor.value!;
    const title = titleOf(notes);
    useLayoutEffect(() => {
        const { view } = editor;
        box.current?.append(view.dom);
        return () => view.dom.remove();
    }, [editor]);
    useEffect(() => editor.refresh(), [editor, title, t("pad.notes")]);
    return (
        <div
            class="pad-scroll"
            ref={box}
            onMouseDown={(event) => {
                // Below the last line, too, is the text.
                if (event.target !== box.current || !editor.view.editable) return;
                event.preventDefault();
                editor.view.focus();
            }}
        >
            <p class="hidden" id={keyHintId}>
                {t("pad.key-hint")}
            </p>
        </div>
    );
}

function Refused({ open }: { readonly open: OpenPad }) {
    const { session } = open;
    const code = session.refusal.value;
    const known = code !== null && [4401, 4403, 4404, 4413].includes(code);
    return (
        <div class="pad-note bad" role="alert">
            <p>{t(known ? (`pad.refused-${code}` as Key) : "pad.refused-other")}</p>
            <Button label={t("common.retry")} onClick={() => session.retry()} />
        </div>
    );
}

/** A line that breaks is said once, and once that it is back. */
function useConnectionNews({ session }: OpenPad): void {
    const before = useSignal(session.state.peek());
    const state = session.state.value;
    useEffect(() => {
        if (state === "lost") announce(`${t("pad.state-lost")}. ${t("pad.state-lost-hint")}`);
        if (state === "open" && before.peek() === "lost") announce(t("pad.state-back"));
        before.value = state;
    }, [state]);
}
