// Two people who write into one empty block have to write into one Y.XmlText. y-prosemirror makes the text with the
// first letter: each of the two would bring a text of their own, and whatever either writes next joins the two. When
// both do so before they hear of each other, the block says twice what one of them wrote. So a block gets its text
// with itself, as it keeps an empty one after its last letter was taken out.

import { Plugin } from "prosemirror-state";
import { ySyncPluginKey } from "y-prosemirror";
import * as Y from "yjs";
import { schema } from "./schema.ts";

/** Beside ySyncPlugin of the same root. */
export function sharedBlocks(root: Y.XmlFragment): Plugin {
    const doc = root.doc!;
    // Within y-prosemirror's own work: before its changes are observed, after they are made.
    const fill = (done: Y.Transaction): void => {
        if (done.origin !== ySyncPluginKey) return;
        const bare = [...done.changed.keys()].flatMap((type) => bareBlocks(type, done));
        if (bare.length === 0) return;
        doc.transact(() => {
            for (const block of bare) block.insert(0, [new Y.XmlText()]);
        }, ySyncPluginKey);
    };
    return new Plugin({
        view: () => {
            doc.on("beforeObserverCalls", fill);
            return { destroy: () => doc.off("beforeObserverCalls", fill) };
        },
    });
}

/** The new blocks in there for text that have none. */
function bareBlocks(type: unknown, done: Y.Transaction): Y.XmlElement[] {
    if (!(type instanceof Y.XmlFragment)) return [];
    if (type instanceof Y.XmlElement && schema.nodes[type.nodeName]?.isTextblock) {
        return type.length === 0 && isNew(type, done) ? [type] : [];
    }
    return type
        .toArray()
        .filter((inner) => isNew(inner, done))
        .flatMap((inner) => bareBlocks(inner, done));
}

function isNew(type: { readonly _item: Y.Item | null }, done: Y.Transaction): boolean {
    const { client, clock } = type._item!.id;
    return clock >= (done.beforeState.get(client) ?? 0);
}
