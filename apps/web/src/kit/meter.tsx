import type { ReadonlySignal } from "@preact/signals";
import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";

/** A level from 0 to 1, drawn without rendering anything anew. */
export function Meter({ level, label }: { readonly level: ReadonlySignal<number>; readonly label: string }) {
    const bar = useRef<HTMLSpanElement>(null);
    useSignalEffect(() => {
        if (bar.current !== null)
            bar.current.style.transform = `scaleX(${Math.min(1, level.value).toFixed(3)})`;
    });
    return (
        <span class="meter" role="img" aria-label={label}>
            <span ref={bar} />
        </span>
    );
}
