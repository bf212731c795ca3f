// Keys of the editor. Tab indents in lists and goes on in tables; Escape leads to the toolbar, so that nobody is
// caught.

import { baseKeymap, chainCommands, exitCode, liftEmptyBlock } from "prosemirror-commands";
import { undoInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import { splitListItem } from "prosemirror-schema-list";
import type { Command, Plugin } from "prosemirror-state";
import { redo, undo } from "y-prosemirror";
import {
    indent,
    insertRule,
    leaveBlock,
    outdent,
    setBlock,
    toggle,
    toggleList,
    toggleQuote,
    toggleTask,
} from "./commands.ts";
import { schema } from "./schema.ts";
import { emptyCells, goToCell } from "./tables.ts";

const { nodes } = schema;

const hardBreak: Command = (state, dispatch) => {
    dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
    return true;
};

/** What the user interface does: outside of the text. */
export interface Outside {
    readonly link: () => void;
    readonly find: () => void;
    readonly toToolbar: () => void;
}

function run(work: () => void): Command {
    return () => {
        work();
        return true;
    };
}

export function keyPlugins(outside: Outside): readonly Plugin[] {
    return [
        keymap({
            "Mod-z": undo,
            "Mod-y": redo,
            "Mod-Shift-z": redo,
            "Mod-b": toggle("strong"),
            "Mod-i": toggle("em"),
            "Mod-u": toggle("underline"),
            "Mod-Shift-x": toggle("strike"),
            "Mod-`": toggle("code"),
            "Mod-k": run(outside.link),
            "Mod-f": run(outside.find),
            "Mod-Alt-0": setBlock("paragraph"),
            "Mod-Alt-1": setBlock("heading-1"),
            "Mod-Alt-2": setBlock("heading-2"),
            "Mod-Alt-3": setBlock("heading-3"),
            "Mod-Shift-7": toggleList("ordered_list"),
            "Mod-Shift-8": toggleList("bullet_list"),
            "Mod-Shift-9": toggleList("task_list"),
            "Mod-Shift-.": toggleQuote,
            "Mod-_": insertRule,
            "Mod-Enter": chainCommands(exitCode, toggleTask, leaveBlock("behind")),
            "Mod-Shift-Enter": leaveBlock("before"),
            "Shift-Enter": chainCommands(exitCode, hardBreak),
            Enter: chainCommands(
                splitListItem(nodes.list_item),
                splitListItem(nodes.task_item, { checked: false }),
                liftEmptyBlock,
            ),
            Tab: chainCommands(goToCell(1), indent),
            "Shift-Tab": chainCommands(goToCell(-1), outdent),
            "Mod-]": indent,
            "Mod-[": outdent,
            Backspace: chainCommands(undoInputRule, emptyCells),
            Delete: emptyCells,
            Escape: run(outside.toToolbar),
        }),
        keymap(baseKeymap),
    ];
}
