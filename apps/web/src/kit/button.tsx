import type { ComponentChildren, Ref } from "preact";
import { Icon, type IconName } from "./icon.tsx";

export interface ButtonProps {
    readonly label: string;
    readonly icon?: IconName;
    /** A picture that is not in the kit, in the icon's place. */
    readonly picture?: ComponentChildren;
    readonly kind?: "main" | "plain" | "quiet" | "danger";
    /** The label is the accessible name and the tooltip. */
    readonly iconOnly?: boolean;
    readonly pressed?: boolean;
    readonly disabled?: boolean;
    /** Why it is disabled, for everybody; then it stays focusable. */
    readonly reason?: string | undefined;
    readonly onClick: () => void;
    readonly expanded?: boolean;
    readonly controls?: string;
    /** Opens a menu. */
    readonly popup?: boolean;
    readonly badge?: number;
    readonly class?: string;
    readonly tabIndex?: number;
    /** The id of what says more about it. */
    readonly describedBy?: string;
    readonly buttonRef?: Ref<HTMLButtonElement>;
    readonly shortcut?: string | undefined;
    readonly submit?: boolean;
}

/** What cannot be used stays where it is, with its reason: `aria-disabled` keeps it within reach. */
export function Button(props: ButtonProps) {
    const { label, icon, kind = "plain", iconOnly = false, disabled = false, reason, badge = 0 } = props;
    const hint = disabled && reason !== undefined ? `${label}. ${reason}` : label;
    return (
        <button
            ref={props.buttonRef ?? null}
            type={props.submit === true ? "submit" : "button"}
            class={`button ${kind}${iconOnly ? " icon-only" : ""}${props.class ? ` ${props.class}` : ""}`}
            aria-label={iconOnly || (disabled && reason !== undefined) ? hint : undefined}
            title={iconOnly || reason !== undefined ? withShortcut(hint, props.shortcut) : undefined}
            aria-pressed={props.pressed}
            aria-disabled={disabled ? "true" : undefined}
            aria-haspopup={props.popup === true ? "menu" : undefined}
            aria-expanded={props.expanded}
            aria-controls={props.controls}
            aria-describedby={props.describedBy}
            tabIndex={props.tabIndex}
            onClick={(event) => {
                if (disabled) {
                    event.preventDefault();
                    return;
                }
                props.onClick();
            }}
        >
            {icon !== undefined && <Icon name={icon} />}
            {props.picture}
            {!iconOnly && <span>{label}</span>}
            {badge > 0 && (
                <span class="badge" aria-hidden="true">
                    {badge > 99 ? "99+" : badge}
                </span>
            )}
        </button>
    );
}

function withShortcut(text: string, key: string | undefined): string {
    return key === undefined || key === "" ? text : `${text} (${key})`;
}
