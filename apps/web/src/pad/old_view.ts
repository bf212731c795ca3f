// A document as it was, to be read.

import type { AuthorBook, VersionBytes } from "@libconf/client/pad";
import { rootName } from "@libconf/client/pad";
import type { Node } from "prosemirror-model";
import { EditorState } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { yXmlFragmentToProseMirrorRootNode } from "y-prosemirror";
import * as Y from "yjs";
import { authorMarks } from "./author_marks.ts";
import { PictureView } from "./pictures.ts";
import { schema } from "./schema.ts";
import { TaskView } from "./tasks.ts";
import { settings } from "../app/settings.ts";

export interface OldView {
    readonly doc: Node;
    dispose(): void;
}

export interface OldViewOptions {
    readonly book: AuthorBook;
    readonly label: string;
    /** What the box of a task is called. */
    readonly task: string;
    /** What an element may fetch a picture by. */
    readonly address: (path: string) => Promise<string>;
}

/** Throws where the bytes are no update. */
export function oldView(into: HTMLElement, bytes: VersionBytes, options: OldViewOptions): OldView {
    const { book, label, task, address } = options;
    const then = new Y.Doc();
    Y.applyUpdate(then, bytes);
    const root = then.getXmlFragment(rootName);
    const doc = rootNode(root);
    const view = new EditorView(into, {
        state: EditorState.create({
            doc,
            plugins: [authorMarks(root, book, () => settings.authorColors.peek())],
        }),
        editable: () => false,
        nodeViews: {
            image: (node) => new PictureView(node, address),
            task_item: (node, here, pos) => new TaskView(node, here, pos, () => task),
        },
        attributes: { class: "pad-text", role: "document", tabindex: "0", "aria-label": label },
    });
    return {
        doc,
        dispose: () => {
            view.destroy();
            then.destroy();
        },
    };
}

/** An empty document has a paragraph all the same. */
function rootNode(root: Y.XmlFragment): Node {
    return root.length === 0
        ? schema.topNodeType.createAndFill()!
        : yXmlFragmentToProseMirrorRootNode(root, schema);
}
