import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { Notes } from "../pad/notes.ts";
import { loadWords, t } from "../i18n/index.ts";
import { useCall, type NotesParts } from "./model.ts";

/** Fetches what the notes are made of, when they are first opened. */
export async function fetchNotes(): Promise<NotesParts> {
    const [parts] = await Promise.all([import("../pad/pad.tsx"), loadWords("pad")]);
    return parts;
}

/** The notes beside the stage. They stay open behind the panel: what is written offline is not lost with it. */
export function NotesPanel({ tools }: { readonly tools: ComponentChildren }) {
    const call = useCall();
    const failed = useSignal(false);
    const shown = useSignal<{ readonly parts: NotesParts; readonly notes: Notes } | null>(null);
    useEffect(() => {
        let isOver = false;
        call.openNotes(fetchNotes).then(
            (found) => {
                if (!isOver) shown.value = found;
            },
            () => (failed.value = true),
        );
        return () => {
            isOver = true;
        };
    }, []);
    if (shown.value === null) {
        return (
            <div class="panel-body">
                <div class="row end">{tools}</div>
                {failed.value && (
                    <p class="error" role="alert">
                        {t("call.notes-failed")}
                    </p>
                )}
            </div>
        );
    }
    const { parts, notes } = shown.value;
    return <parts.PadView notes={notes} tools={tools} />;
}
