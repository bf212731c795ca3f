// Toolbars as the ARIA practices have them: one tab stop, arrows move inside.

function stops(bar: HTMLElement | null): HTMLElement[] {
    return [...(bar?.querySelectorAll<HTMLElement>("button") ?? [])].filter(
        (one) => one.closest("[role=menu], [role=listbox]") === null && one.offsetParent !== null,
    );
}

/** That one, or the one that was, is the tab stop from now on. */
export function rove(bar: HTMLElement | null, to: Element | null): void {
    const all = stops(bar);
    const chosen = all.find((one) => one === to) ?? all.find((one) => one.tabIndex === 0) ?? all[0];
    for (const one of all) one.tabIndex = one === chosen ? 0 : -1;
}

export function moveFocus(bar: HTMLElement | null, event: KeyboardEvent, isUpright = false): void {
    const all = stops(bar);
    const at = all.indexOf(document.activeElement as HTMLElement);
    if (at < 0) return;
    const step: { readonly [key: string]: number } = {
        [isUpright ? "ArrowDown" : "ArrowRight"]: at + 1,
        [isUpright ? "ArrowUp" : "ArrowLeft"]: at - 1 + all.length,
        Home: 0,
        End: all.length - 1,
    };
    const next = step[event.key];
    if (next === undefined) return;
    event.preventDefault();
    all[next % all.length]?.focus();
}
