import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Button, type ButtonProps } from "./button.tsx";
import { Icon, type IconName } from "./icon.tsx";

export interface MenuItem {
    readonly label: string;
    readonly icon?: IconName;
    readonly picture?: ComponentChildren;
    /** Given: a switch, or with `oneOf` one of several. */
    readonly checked?: boolean;
    readonly oneOf?: boolean;
    readonly disabled?: boolean;
    readonly reason?: string | undefined;
    readonly onSelect: () => void;
    /** A line before it. */
    readonly separator?: boolean;
    readonly danger?: boolean;
}

export interface MenuProps extends Pick<
    ButtonProps,
    "label" | "icon" | "picture" | "kind" | "iconOnly" | "class" | "tabIndex" | "describedBy" | "badge"
> {
    readonly items: readonly MenuItem[];
    /** Where it opens; default below. */
    readonly side?: "above" | "below";
}

/** A menu button as the ARIA practices have it: arrows, Home, End, letters, Escape. */
export function Menu(props: MenuProps) {
    const [open, setOpen] = useState(false);
    const root = useRef<HTMLDivElement>(null);
    const list = useRef<HTMLUListElement>(null);
    const id = useId();
    const close = (back: boolean): void => {
        setOpen(false);
        if (back) root.current?.querySelector<HTMLElement>("button")?.focus();
    };

    useEffect(() => {
        if (!open) return;
        focusItem(list.current, 0);
        const outside = (event: Event): void => {
            if (!root.current?.contains(event.target as Node)) close(false);
        };
        // It may be in a window of its own.
        const page = root.current?.ownerDocument ?? document;
        page.addEventListener("pointerdown", outside);
        page.addEventListener("focusin", outside);
        return () => {
            page.removeEventListener("pointerdown", outside);
            page.removeEventListener("focusin", outside);
        };
    }, [open]);

    const onKeyDown = (event: KeyboardEvent): void => {
        if (!open) {
            if (event.key === "ArrowDown" || event.key === "ArrowUp") {
                event.preventDefault();
                event.stopPropagation();
                setOpen(true);
            }
            return;
        }
        event.stopPropagation();
        const items = itemsOf(list.current);
        const at = items.indexOf(document.activeElement as HTMLElement);
        const step: { readonly [key: string]: number } = {
            ArrowDown: at + 1,
            ArrowUp: at - 1 + items.length,
            Home: 0,
            End: items.length - 1,
        };
        const next = step[event.key];
        if (next !== undefined) {
            event.preventDefault();
            focusItem(list.current, next % items.length);
        } else if (event.key === "Escape") {
            event.preventDefault();
            close(true);
        } else if (event.key === "Tab") {
            close(false);
        } else if (event.key.length === 1 && event.key !== " ") {
            const letter = event.key.toLocaleLowerCase();
            const order = [...items.slice(at + 1), ...items.slice(0, at + 1)];
            order.find((one) => one.textContent?.trim().toLocaleLowerCase().startsWith(letter))?.focus();
        }
    };

    return (
        <div class="menu" ref={root} onKeyDown={onKeyDown}>
            <Button
                label={props.label}
                {...(props.icon === undefined ? {} : { icon: props.icon })}
                picture={props.picture}
                kind={props.kind ?? "quiet"}
                iconOnly={props.iconOnly ?? false}
                class={props.class ?? ""}
                popup
                expanded={open}
                controls={id}
                {...(props.tabIndex === undefined ? {} : { tabIndex: props.tabIndex })}
                {...(props.describedBy === undefined ? {} : { describedBy: props.describedBy })}
                badge={props.badge ?? 0}
                onClick={() => setOpen(!open)}
            />
            {open && (
                <ul
                    class={`menu-list ${props.side ?? "below"}`}
                    role="menu"
                    id={id}
                    aria-label={props.label}
                    ref={list}
                >
                    {props.items.map((item) => (
                        <li
                            key={item.label}
                            role="none"
                            class={item.separator === true ? "separated" : undefined}
                        >
                            <button
                                type="button"
                                role={roleOf(item)}
                                aria-checked={item.checked}
                                aria-disabled={item.disabled === true ? "true" : undefined}
                                class={item.danger === true ? "danger" : undefined}
                                tabIndex={-1}
                                title={item.reason}
                                onClick={() => {
                                    if (item.disabled === true) return;
                                    close(true);
                                    item.onSelect();
                                }}
                            >
                                {item.checked !== undefined ? (
                                    <span class="mark">{item.checked && <Icon name="check" />}</span>
                                ) : (
                                    (item.picture ?? (item.icon !== undefined && <Icon name={item.icon} />))
                                )}
                                <span>
                                    {item.label}
                                    {item.reason !== undefined && <small>{item.reason}</small>}
                                </span>
                            </button>
                        </li>
                    ))}
                </ul>
            )}
        </div>
    );
}

function roleOf(item: MenuItem): "menuitem" | "menuitemcheckbox" | "menuitemradio" {
    if (item.checked === undefined) return "menuitem";
    return item.oneOf === true ? "menuitemradio" : "menuitemcheckbox";
}

function itemsOf(list: HTMLElement | null): HTMLElement[] {
    return [...(list?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
}

function focusItem(list: HTMLElement | null, at: number): void {
    itemsOf(list)[at]?.focus();
}
