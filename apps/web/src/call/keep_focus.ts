// What has the focus may be taken away: somebody is let in, and his button goes. Then nobody may find himself
// at the top of the page.

/**
 * The focus goes to the heading of the panel in which it was, or to the stage. Ends by the function returned.
 */
export function keepFocus(root: HTMLElement): () => void {
    let last: Element | null = null;
    let heading: HTMLElement | null = null;
    const enter = (event: FocusEvent): void => {
        last = event.target as Element;
        heading = last.closest("#panel")?.querySelector<HTMLElement>("h2") ?? null;
    };
    // Some browsers tell of it when an element is taken away, some do not.
    const leave = (): void =>
        queueMicrotask(() => {
            if (last?.isConnected === true && document.activeElement !== last) last = null;
        });
    const watch = new MutationObserver(() => {
        if (last === null || last.isConnected) return;
        last = null;
        if (document.activeElement !== document.body) return;
        const home = heading?.isConnected === true ? heading : root.querySelector<HTMLElement>("main");
        home?.focus();
    });
    root.addEventListener("focusin", enter);
    root.addEventListener("focusout", leave);
    watch.observe(root, { childList: true, subtree: true });
    return () => {
        root.removeEventListener("focusin", enter);
        root.removeEventListener("focusout", leave);
        watch.disconnect();
    };
}
