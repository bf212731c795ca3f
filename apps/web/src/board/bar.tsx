import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { moveFocus, rove } from "../call/rove.ts";

/** A toolbar: one tab stop, arrows inside. */
export function Bar(props: {
    readonly label: string;
    readonly class: string;
    readonly isUpright?: boolean;
    readonly children: ComponentChildren;
}) {
    const bar = useRef<HTMLDivElement>(null);
    useEffect(() => rove(bar.current, document.activeElement));
    return (
        <div
            ref={bar}
            role="toolbar"
            aria-label={props.label}
            aria-orientation={props.isUpright === true ? "vertical" : "horizontal"}
            class={`board-bar ${props.class}`}
            onFocusIn={(event) => rove(bar.current, event.target as Element)}
            onKeyDown={(event) => {
                moveFocus(bar.current, event, false);
                if (props.isUpright === true) moveFocus(bar.current, event, true);
            }}
        >
            {props.children}
        </div>
    );
}
