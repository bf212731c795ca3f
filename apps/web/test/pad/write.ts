// An editor without a pad behind it, in which a test types.

import { EditorState, TextSelection, type Plugin } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import type { Node } from "prosemirror-model";
import { schema } from "../../src/pad/schema.ts";

/** Keys as a person presses them; rules see each of them. "\n" is Enter. */
export function type(view: EditorView, text: string): void {
    for (const key of text) {
        if (key === "\n") {
            press(view, "Enter");
            continue;
        }
        const { from, to } = view.state.selection;
        const insert = () => view.state.tr.insertText(key, from, to);
        if (!view.someProp("handleTextInput", (take) => take(view, from, to, key, insert))) {
            view.dispatch(insert());
        }
    }
}

export function press(view: EditorView, key: string, more: KeyboardEventInit = {}): boolean {
    const event = new KeyboardEvent("keydown", { key, cancelable: true, ...more });
    return view.someProp("handleKeyDown", (take) => take(view, event)) === true;
}

/** Put away what it has made with `destroy`. */
export function editorOf(plugins: readonly Plugin[], doc: Node = blank()): EditorView {
    return new EditorView(document.createElement("div"), {
        state: EditorState.create({ doc, plugins: [...plugins] }),
    });
}

export function blank(): Node {
    return schema.topNodeType.createAndFill()!;
}

export function caretAt(view: EditorView, from: number, to: number = from): void {
    view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, from, to)));
}

/** The place of a word in the text. */
export function placeOf(doc: Node, word: string): number {
    let found = -1;
    doc.descendants((node, pos) => {
        const at = node.text?.indexOf(word) ?? -1;
        if (found < 0 && at >= 0) found = pos + at;
    });
    return found;
}
