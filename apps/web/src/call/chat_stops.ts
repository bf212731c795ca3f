// The messages of a talk as one tab stop: arrows go from one to the next. A talk of hundreds of lines would be
// hundreds of stops before the field where one writes.

function menusOf(list: HTMLElement): HTMLElement[] {
    return [...list.querySelectorAll<HTMLElement>(".line-menu .menu > button")];
}

/** The menu of the message that has the focus is the stop, else that of the newest one. */
export function keepOneStop(list: HTMLElement | null): void {
    if (list === null) return;
    const all = menusOf(list);
    const stop = all.find((one) => one === list.ownerDocument.activeElement) ?? all.at(-1);
    for (const one of all) {
        const wanted = one === stop ? 0 : -1;
        if (one.tabIndex !== wanted) one.tabIndex = wanted;
    }
}

/** Before the menu itself sees the key, which would open for an arrow; Enter and the space bar open it. */
export function moveStop(list: HTMLElement, event: KeyboardEvent): void {
    const all = menusOf(list);
    const at = all.findIndex((one) => one === event.target);
    if (at < 0) return;
    const end = all.length - 1;
    const to: { readonly [key: string]: number } = {
        ArrowDown: Math.min(at + 1, end),
        ArrowUp: Math.max(at - 1, 0),
        Home: 0,
        End: end,
    };
    const next = to[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    all[next]?.focus();
}
