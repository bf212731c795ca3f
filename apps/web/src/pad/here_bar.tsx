import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { moveFocus, rove } from "../call/rove.ts";
import { Button } from "../kit/index.ts";
import { linkAt, removeLink } from "./commands.ts";
import type { PadEditor } from "./editor.ts";
import { usePad } from "./pad.tsx";
import { safeLink } from "./safe.ts";

/** What can be done with the link in which the caret is; below the text, so that it does not jump. */
export function HereBar({ editor }: { readonly editor: PadEditor }) {
    const { face } = usePad();
    const bar = useRef<HTMLDivElement>(null);
    void editor.changes.value;
    const { state } = editor.view;
    const link = editor.view.editable ? linkAt(state) : null;
    useEffect(() => {
        rove(bar.current, document.activeElement);
    });
    if (link === null) return null;
    const href = safeLink(link.href);
    return (
        <div
            ref={bar}
            class="pad-here"
            role="toolbar"
            aria-label={t("pad.link-here")}
            onFocusIn={(event) => rove(bar.current, event.target as Element)}
            onKeyDown={(event) => moveFocus(bar.current, event)}
            onMouseDown={(event) => event.preventDefault()}
        >
            <span class="pad-address">{link.href}</span>
            {href !== null && (
                <Button
                    kind="quiet"
                    label={t("pad.link-open")}
                    onClick={() => void window.open(href, "_blank", "noopener,noreferrer")}
                />
            )}
            <Button kind="quiet" label={t("pad.link-change")} onClick={() => (face.dialog.value = "link")} />
            <Button kind="quiet" label={t("pad.link-remove")} onClick={() => editor.do(removeLink)} />
        </div>
    );
}
