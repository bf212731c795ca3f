import { useEffect, useRef } from "preact/hooks";
import type { Command } from "prosemirror-state";
import { redoCommand, undoCommand } from "y-prosemirror";
import { t } from "../i18n/index.ts";
import { moveFocus, rove } from "../call/rove.ts";
import { Button, Menu, type IconName } from "../kit/index.ts";
import {
    blockKindAt,
    insertRule,
    insertTable,
    isInQuote,
    linkAt,
    listAt,
    markIsOn,
    setBlock,
    toggle,
    toggleList,
    toggleQuote,
    type BlockKind,
    type ListKind,
} from "./commands.ts";
import { pictureTypes, type PadEditor } from "./editor.ts";
import type { OpenPad } from "./notes.ts";
import { usePad } from "./pad.tsx";
import { changeTable, isInTable, type TableStep } from "./tables.ts";
import type { MarkName } from "./schema.ts";

const blockKinds: readonly BlockKind[] = ["paragraph", "heading-1", "heading-2", "heading-3", "code"];
const marks: readonly {
    readonly name: Exclude<MarkName, "link">;
    readonly icon: IconName;
    readonly key: string;
}[] = [
    { name: "strong", icon: "bold", key: "Ctrl+B" },
    { name: "em", icon: "italic", key: "Ctrl+I" },
    { name: "underline", icon: "underline", key: "Ctrl+U" },
    { name: "strike", icon: "strike", key: "Ctrl+Shift+X" },
    { name: "code", icon: "code", key: "Ctrl+`" },
];
const lists: readonly { readonly kind: ListKind; readonly icon: IconName; readonly key: string }[] = [
    { kind: "bullet_list", icon: "list-points", key: "Ctrl+Shift+8" },
    { kind: "ordered_list", icon: "list-numbers", key: "Ctrl+Shift+7" },
    { kind: "task_list", icon: "list-tasks", key: "Ctrl+Shift+9" },
];

/** The toolbar: one tab stop, arrows inside. What is on where the caret is, is pressed. */
export function Tools({ editor }: { readonly open: OpenPad; readonly editor: PadEditor }) {
    const { notes, face } = usePad();
    const bar = useRef<HTMLDivElement>(null);
    // Every change of text or caret may change what is pressed.
    void editor.changes.value;
    const { state } = editor.view;
    useEffect(() => {
        rove(bar.current, document.activeElement);
    });
    useEffect(() => {
        const { asked } = notes;
        asked.link = () => (face.dialog.value = "link");
        asked.find = () => (face.finding.value = true);
        asked.toToolbar = () => bar.current?.querySelector<HTMLElement>("button[tabindex='0']")?.focus();
    }, [notes, face]);
    const block = blockKindAt(state);
    return (
        <div
            ref={bar}
            role="toolbar"
            aria-label={t("pad.tools")}
            class="pad-tools"
            onFocusIn={(event) => rove(bar.current, event.target as Element)}
            onKeyDown={(event) => moveFocus(bar.current, event)}
            // The caret stays in the text when a button is pressed.
            onMouseDown={(event) => event.preventDefault()}
        >
            <div class="group">
                <Menu
                    label={t("pad.style", { name: t(`pad.block-${block ?? "mixed"}`) })}
                    icon="chevron-down"
                    items={blockKinds.map((kind) => ({
                        label: t(`pad.block-${kind}`),
                        checked: kind === block,
                        oneOf: true,
                        onSelect: () => editor.do(setBlock(kind)),
                    }))}
                />
            </div>
            <div class="group">
                {marks.map(({ name, icon, key }) => (
                    <Tool
                        key={name}
                        editor={editor}
                        icon={icon}
                        label={t(`pad.${name}`)}
                        shortcut={key}
                        pressed={markIsOn(state, name)}
                        command={toggle(name)}
                    />
                ))}
            </div>
            <div class="group">
                {lists.map(({ kind, icon, key }) => (
                    <Tool
                        key={kind}
                        editor={editor}
                        icon={icon}
                        label={t(`pad.${kind}`)}
                        shortcut={key}
                        pressed={listAt(state) === kind}
                        command={toggleList(kind)}
                    />
                ))}
                <Tool
                    editor={editor}
                    icon="quote"
                    label={t("pad.quote")}
                    shortcut="Ctrl+Shift+."
                    pressed={isInQuote(state)}
                    command={toggleQuote}
                />
            </div>
            <div class="group">
                <Button
                    icon="link"
                    kind="quiet"
                    iconOnly
                    label={t("pad.link")}
                    shortcut="Ctrl+K"
                    pressed={linkAt(state) !== null}
                    onClick={() => (face.dialog.value = "link")}
                />
                <TableTool editor={editor} />
                <PictureTool editor={editor} />
                <Tool editor={editor} icon="line-across" label={t("pad.rule")} command={insertRule} />
            </div>
            <div class="group">
                <Tool
                    editor={editor}
                    icon="undo"
                    label={t("pad.undo")}
                    shortcut="Ctrl+Z"
                    command={undoCommand}
                    enabled={editor.canUndo}
                    reason={t("pad.nothing-undo")}
                />
                <Tool
                    editor={editor}
                    icon="redo"
                    label={t("pad.redo")}
                    shortcut="Ctrl+Y"
                    command={redoCommand}
                    enabled={editor.canRedo}
                    reason={t("pad.nothing-redo")}
                />
            </div>
        </div>
    );
}

const tableSteps: readonly TableStep[] = ["row", "column", "header", "no-row", "no-column", "no-table"];

/** Makes a table; in one, what can be done with it. */
function TableTool({ editor }: { readonly editor: PadEditor }) {
    void editor.changes.value;
    if (!isInTable(editor.view.state)) {
        return <Tool editor={editor} icon="table" label={t("pad.table")} command={insertTable(3, 3)} />;
    }
    return (
        <Menu
            icon="table"
            iconOnly
            class="here"
            label={t("pad.table-here")}
            items={tableSteps.map((step) => ({
                label: t(`pad.${step}`),
                separator: step === "no-row",
                onSelect: () => editor.do(changeTable(step)),
            }))}
        />
    );
}

function Tool(props: {
    readonly editor: PadEditor;
    readonly icon: IconName;
    readonly label: string;
    readonly shortcut?: string;
    readonly pressed?: boolean;
    readonly command: Command;
    readonly enabled?: boolean;
    readonly reason?: string;
}) {
    const { editor, command, icon, label, pressed } = props;
    const enabled = props.enabled ?? editor.can(command);
    return (
        <Button
            icon={icon}
            kind="quiet"
            iconOnly
            label={label}
            shortcut={props.shortcut}
            {...(pressed === undefined ? {} : { pressed })}
            disabled={!enabled}
            reason={enabled ? undefined : (props.reason ?? t("pad.not-here"))}
            onClick={() => editor.do(command)}
        />
    );
}

function PictureTool({ editor }: { readonly editor: PadEditor }) {
    const { notes } = usePad();
    const input = useRef<HTMLInputElement>(null);
    // Who has no token brings none.
    if (notes.host.access === undefined) return null;
    return (
        <>
            <Button
                icon="picture"
                kind="quiet"
                iconOnly
                label={t("pad.picture")}
                onClick={() => input.current?.click()}
            />
            <input
                ref={input}
                type="file"
                accept={pictureTypes.join(",")}
                multiple
                hidden
                onChange={(event) => {
                    void editor.insertPictures([...(event.currentTarget.files ?? [])]);
                    event.currentTarget.value = "";
                }}
            />
        </>
    );
}
