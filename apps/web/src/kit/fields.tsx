import type { Ref } from "preact";
import { useId } from "preact/hooks";

export interface Choice {
    readonly value: string;
    readonly label: string;
}

export function Toggle(props: {
    readonly label: string;
    readonly checked: boolean;
    readonly onChange: (on: boolean) => void;
    readonly hint?: string;
    readonly disabled?: boolean;
}) {
    const hint = useId();
    return (
        <div class="toggle">
            <label>
                <input
                    type="checkbox"
                    role="switch"
                    checked={props.checked}
                    disabled={props.disabled}
                    aria-describedby={props.hint === undefined ? undefined : hint}
                    onChange={(event) => props.onChange(event.currentTarget.checked)}
                />
                <span class="track" aria-hidden="true" />
                <span>{props.label}</span>
            </label>
            {props.hint !== undefined && (
                <p class="hint" id={hint}>
                    {props.hint}
                </p>
            )}
        </div>
    );
}

export function Select(props: {
    readonly label: string;
    readonly value: string;
    readonly options: readonly Choice[];
    readonly onChange: (value: string) => void;
    readonly disabled?: boolean;
    readonly hint?: string | undefined;
}) {
    const hint = useId();
    return (
        <div class="field">
            <label>
                <span class="label">{props.label}</span>
                <select
                    value={props.value}
                    disabled={props.disabled}
                    aria-describedby={props.hint === undefined ? undefined : hint}
                    onChange={(event) => props.onChange(event.currentTarget.value)}
                >
                    {props.options.map((one) => (
                        <option key={one.value} value={one.value} selected={one.value === props.value}>
                            {one.label}
                        </option>
                    ))}
                </select>
            </label>
            {props.hint !== undefined && (
                <p class="hint" id={hint}>
                    {props.hint}
                </p>
            )}
        </div>
    );
}

export interface TextFieldProps {
    readonly label: string;
    readonly value: string;
    readonly onInput: (value: string) => void;
    readonly onEnter?: () => void;
    readonly error?: string | null;
    readonly hint?: string;
    readonly maxLength?: number;
    readonly autocomplete?: string;
    readonly hideLabel?: boolean;
    readonly inputRef?: Ref<HTMLInputElement>;
    readonly spellcheck?: boolean;
    /** In a dialog: it has the focus when that opens. */
    readonly first?: boolean;
}

export function TextField(props: TextFieldProps) {
    const hint = useId();
    const error = useId();
    const described = [props.hint === undefined ? "" : hint, props.error ? error : ""].join(" ").trim();
    const common = {
        ref: props.inputRef ?? null,
        value: props.value,
        maxLength: props.maxLength,
        autocomplete: props.autocomplete ?? "off",
        spellcheck: props.spellcheck,
        autofocus: props.first,
        "aria-invalid": props.error ? ("true" as const) : undefined,
        "aria-describedby": described === "" ? undefined : described,
        onInput: (event: { readonly currentTarget: { readonly value: string } }) =>
            props.onInput(event.currentTarget.value),
        onKeyDown: (event: KeyboardEvent) => {
            // While an input method composes, Enter is its own.
            if (event.key !== "Enter" || event.shiftKey || event.isComposing || !props.onEnter) return;
            event.preventDefault();
            props.onEnter();
        },
    };
    return (
        <div class="field">
            <label>
                <span class={props.hideLabel === true ? "label hidden" : "label"}>{props.label}</span>
                <input type="text" {...common} />
            </label>
            {props.hint !== undefined && (
                <p class="hint" id={hint}>
                    {props.hint}
                </p>
            )}
            {props.error && (
                <p class="error" id={error} role="alert">
                    {props.error}
                </p>
            )}
        </div>
    );
}
