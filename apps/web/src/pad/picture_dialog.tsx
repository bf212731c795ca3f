import { useSignal, type Signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { Button, Dialog, TextField } from "../kit/index.ts";
import { pictureAt, setPictureWords } from "./commands.ts";
import type { PadEditor } from "./editor.ts";
import { usePad } from "./pad.tsx";

/** A picture that waits for its words. */
export interface PictureAsked {
    /** Null: it is the one in the text that is selected. */
    readonly picture: File | null;
    readonly before: string;
    readonly done: (words: string | null) => void;
}

/** Asks what is to be seen in a picture, for those who do not see it. */
export function PictureDialog({ editor }: { readonly editor: PadEditor }) {
    const { notes, face } = usePad();
    useEffect(() => {
        const { asked } = notes;
        asked.describe = (picture) =>
            new Promise((done) => {
                face.picture.value?.done(null);
                face.picture.value = { picture, before: "", done };
            });
        return () => {
            asked.describe = async () => null;
            face.picture.peek()?.done(null);
            face.picture.value = null;
        };
    }, [notes, face]);
    const one = face.picture.value;
    const end = (words: string | null): void => {
        if (face.picture.peek() !== one || one === null) return;
        face.picture.value = null;
        one.done(words);
        editor.view.focus();
    };
    return (
        <Dialog open={one !== null} title={t("pad.picture-title")} onClose={() => end(null)}>
            {one !== null && <PictureForm asked={one} end={end} />}
        </Dialog>
    );
}

/** Asks for other words for the picture that is selected. */
export function changePictureWords(editor: PadEditor, asked: Signal<PictureAsked | null>): void {
    const node = pictureAt(editor.view.state);
    if (node === null) return;
    asked.value = {
        picture: null,
        before: String(node.attrs["alt"] ?? ""),
        done: (words) => {
            if (words !== null) editor.do(setPictureWords(words));
        },
    };
}

function PictureForm(props: { readonly asked: PictureAsked; readonly end: (words: string | null) => void }) {
    const { asked, end } = props;
    const words = useSignal(asked.before);
    const preview = useMemo(
        () => (asked.picture === null ? null : URL.createObjectURL(asked.picture)),
        [asked],
    );
    useEffect(
        () => () => {
            if (preview !== null) URL.revokeObjectURL(preview);
        },
        [preview],
    );
    return (
        <form
            class="stack"
            onSubmit={(event) => {
                event.preventDefault();
                end(words.value.trim());
            }}
        >
            {preview !== null && <img class="pad-preview" src={preview} alt={asked.picture?.name ?? ""} />}
            <TextField
                label={t("pad.picture-words")}
                hint={t("pad.picture-hint")}
                value={words.value}
                first
                maxLength={500}
                onInput={(value) => (words.value = value)}
            />
            <div class="row">
                <Button
                    submit
                    kind="main"
                    label={t(asked.picture === null ? "pad.save" : "pad.picture-add")}
                    onClick={() => undefined}
                />
                <Button label={t("common.cancel")} onClick={() => end(null)} />
            </div>
        </form>
    );
}
