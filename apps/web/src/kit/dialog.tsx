import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { Button } from "./button.tsx";

/** A native modal dialog: the browser keeps the focus in it, closes it by Escape, and gives the focus back. */
export function Dialog(props: {
    readonly open: boolean;
    readonly title: string;
    readonly onClose: () => void;
    readonly children?: ComponentChildren;
    readonly actions?: ComponentChildren;
    readonly class?: string;
}) {
    const box = useRef<HTMLDialogElement>(null);
    const title = useId();
    useLayoutEffect(() => {
        const dialog = box.current;
        if (dialog === null || dialog.open === props.open) return;
        if (props.open) dialog.showModal();
        else dialog.close();
    }, [props.open]);
    return (
        <dialog
            ref={box}
            class={`dialog ${props.class ?? ""}`}
            aria-labelledby={title}
            onCancel={(event) => {
                // `open` closes it, at once: the browser tells of having closed it so late that it may be open again.
                if (event.target !== box.current) return; // that of a choice of files
                event.preventDefault();
                props.onClose();
            }}
            onClose={() => {
                if (box.current?.open === false) props.onClose();
            }}
            onKeyDown={(event) => {
                // It closes this dialog, and not the panel that the dialog belongs to.
                if (event.key === "Escape") event.stopPropagation();
            }}
            onClick={(event) => {
                // The backdrop is the dialog itself, outside of its box.
                if (event.target === box.current) props.onClose();
            }}
        >
            {props.open && (
                <div class="dialog-box">
                    <header>
                        <h2 id={title}>{props.title}</h2>
                        <Button
                            icon="close"
                            kind="quiet"
                            iconOnly
                            label={t("common.close")}
                            onClick={props.onClose}
                        />
                    </header>
                    <div class="dialog-body">{props.children}</div>
                    {props.actions !== undefined && <footer>{props.actions}</footer>}
                </div>
            )}
        </dialog>
    );
}
