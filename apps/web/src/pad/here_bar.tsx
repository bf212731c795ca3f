import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { moveFocus, rove } from "../call/rove.ts";
import { Button } from "../kit/index.ts";
import { linkAt, pictureAt, removeLink } from "./commands.ts";
import type { PadEditor } from "./editor.ts";
import { usePad } from "./pad.tsx";
import { changePictureWords } from "./picture_dialog.tsx";
import { safeLink } from "./safe.ts";

/** What can be done with the link or the picture at the caret; below the text, so that it does not jump. */
export function HereBar({ editor }: { readonly editor: PadEditor }) {
    const bar = useRef<HTMLDivElement>(null);
    void editor.changes.value;
    const { state } = editor.view;
    const link = editor.view.editable ? linkAt(state) : null;
    const picture = editor.view.editable ? pictureAt(state) : null;
    useEffect(() => {
        rove(bar.current, document.activeElement);
    });
    if (picture === null && link === null) return null;
    const href = link === null ? null : safeLink(link.href);
    return (
        <div
            ref={bar}
            class="pad-here"
            role="toolbar"
            aria-label={t(picture === null ? "pad.link-here" : "pad.picture-here")}
            onFocusIn={(event) => rove(bar.current, event.target as Element)}
            onKeyDown={(event) => moveFocus(bar.current, event)}
            onMouseDown={(event) => event.preventDefault()}
        >
            {picture !== null && <PictureHere editor={editor} words={String(picture.attrs["alt"] ?? "")} />}
            {picture === null && link !== null && (
                <LinkHere editor={editor} address={link.href} href={href} />
            )}
        </div>
    );
}

function PictureHere({ editor, words }: { readonly editor: PadEditor; readonly words: string }) {
    const { face } = usePad();
    return (
        <>
            <span class="pad-address">{words === "" ? t("pad.picture-no-words") : words}</span>
            <Button
                kind="quiet"
                label={t("pad.picture-change")}
                onClick={() => changePictureWords(editor, face.picture)}
            />
        </>
    );
}

function LinkHere(props: {
    readonly editor: PadEditor;
    readonly address: string;
    readonly href: string | null;
}) {
    const { editor, address, href } = props;
    const { face } = usePad();
    return (
        <>
            <span class="pad-address">{address}</span>
            {href !== null && (
                <Button
                    kind="quiet"
                    label={t("pad.link-open")}
                    onClick={() => void window.open(href, "_blank", "noopener,noreferrer")}
                />
            )}
            <Button kind="quiet" label={t("pad.link-change")} onClick={() => (face.dialog.value = "link")} />
            <Button kind="quiet" label={t("pad.link-remove")} onClick={() => editor.do(removeLink)} />
        </>
    );
}
