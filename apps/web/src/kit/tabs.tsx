import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export interface Tab {
    readonly id: string;
    readonly label: string;
    readonly content: ComponentChildren;
}

/** Tabs as the ARIA practices have them: one stop, arrows choose. */
export function Tabs(props: {
    readonly label: string;
    readonly tabs: readonly Tab[];
    readonly chosen: string;
    readonly onChoose: (id: string) => void;
}) {
    const base = useId();
    const at = Math.max(
        0,
        props.tabs.findIndex((one) => one.id === props.chosen),
    );
    const onKeyDown = (event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void => {
        const count = props.tabs.length;
        const rtl = getComputedStyle(event.currentTarget).direction === "rtl";
        const step: { readonly [key: string]: number } = {
            ArrowRight: at + (rtl ? count - 1 : 1),
            ArrowLeft: at + (rtl ? 1 : count - 1),
            Home: 0,
            End: count - 1,
        };
        const next = step[event.key];
        if (next === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        const tab = props.tabs[next % count]!;
        props.onChoose(tab.id);
        event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]")[next % count]?.focus();
    };
    return (
        <div class="tabs">
            <div role="tablist" aria-label={props.label} onKeyDown={onKeyDown}>
                {props.tabs.map((one, i) => (
                    <button
                        key={one.id}
                        type="button"
                        role="tab"
                        id={`${base}-${one.id}`}
                        aria-selected={i === at}
                        aria-controls={`${base}-panel`}
                        tabIndex={i === at ? 0 : -1}
                        onClick={() => props.onChoose(one.id)}
                    >
                        {one.label}
                    </button>
                ))}
            </div>
            <div
                role="tabpanel"
                id={`${base}-panel`}
                aria-labelledby={`${base}-${props.tabs[at]?.id}`}
                tabIndex={0}
            >
                {props.tabs[at]?.content}
            </div>
        </div>
    );
}
