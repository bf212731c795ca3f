// An empty text says what it is for.

import { Plugin } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";
import { isEmpty } from "./schema.ts";

export function placeholder(words: () => string): Plugin {
    return new Plugin({
        props: {
            decorations: ({ doc }) =>
                isEmpty(doc)
                    ? DecorationSet.create(doc, [
                          Decoration.node(0, doc.content.size, { class: "blank", "data-words": words() }),
                      ])
                    : null,
        },
    });
}
