// Who wrote what, as a line under the words. The Yjs document knows the client of every character; whose it is, the
// book of authors does.

import type { AuthorBook } from "@libconf/client/pad";
import { Plugin, PluginKey } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import * as Y from "yjs";
import { schema } from "./schema.ts";

/** A run of characters of one client, in ProseMirror's positions. */
export interface Run {
    readonly from: number;
    readonly to: number;
    readonly client: number;
}

/** Of the whole document; neighbours of one client are one run. */
export function runsOf(root: Y.XmlFragment): readonly Run[] {
    const runs: Run[] = [];
    const add = (from: number, to: number, client: number): void => {
        const last = runs[runs.length - 1];
        if (last !== undefined && last.client === client && last.to === from) {
            runs[runs.length - 1] = { ...last, to };
        } else runs.push({ from, to, client });
    };
    /** Where it ends. */
    const walk = (of: Y.XmlFragment, start: number): number => {
        let at = start;
        for (let item = of._start; item !== null; item = item.right) {
            if (item.deleted || !(item.content instanceof Y.ContentType)) continue;
            const child: unknown = item.content.type;
            if (child instanceof Y.XmlText) {
                for (let part = child._start; part !== null; part = part.right) {
                    if (part.deleted || !part.countable) continue;
                    add(at, at + part.length, part.id.client);
                    at += part.length;
                }
            } else if (child instanceof Y.XmlElement) {
                const isLeaf = schema.nodes[child.nodeName as keyof typeof schema.nodes]?.isLeaf === true;
                at = isLeaf ? at + 1 : walk(child, at + 1) + 1;
            }
        }
        return at;
    };
    walk(root, 0);
    return runs;
}

const key = new PluginKey<DecorationSet>("authors");
/** Colours may be late; typing may not. */
const gatherMs = 150;

function decorate(root: Y.XmlFragment, book: AuthorBook, size: number): Decoration[] {
    return runsOf(root)
        .filter((run) => run.to <= size)
        .map(({ from, to, client }) => {
            const { name, hue } = book.of(client);
            const attributes: { [name: string]: string } = { class: "author" };
            if (hue !== null) attributes["data-hue"] = String(hue);
            if (name !== "") attributes["title"] = name;
            return Decoration.inline(from, to, attributes);
        });
}

/** `shown` is asked again after each `refresh`. */
export function authorMarks(root: Y.XmlFragment, book: AuthorBook, shown: () => boolean): Plugin {
    return new Plugin<DecorationSet>({
        key,
        state: {
            init: () => DecorationSet.empty,
            apply: (tr, before) =>
                (tr.getMeta(key) as DecorationSet | undefined) ?? before.map(tr.mapping, tr.doc),
        },
        props: { decorations: (state) => key.getState(state) },
        view: (view) => {
            let timer: ReturnType<typeof setTimeout> | undefined;
            const draw = (): void => {
                timer = undefined;
                if (view.isDestroyed) return;
                const { doc } = view.state;
                const all = shown() ? decorate(root, book, doc.content.size) : [];
                view.dispatch(
                    view.state.tr.setMeta(key, DecorationSet.create(doc, all)).setMeta("addToHistory", false),
                );
            };
            const soon = (): void => {
                timer ??= setTimeout(draw, gatherMs);
            };
            const off = book.changes.subscribe(soon);
            return {
                update: (now, before) => {
                    if (now.state.doc !== before.doc) soon();
                },
                destroy: () => {
                    off();
                    clearTimeout(timer);
                },
            };
        },
    });
}

/** Draws them anew at once: they were switched on or off. */
export function refreshAuthors(
    view: EditorView,
    root: Y.XmlFragment,
    book: AuthorBook,
    shown: boolean,
): void {
    const { doc } = view.state;
    const all = shown ? decorate(root, book, doc.content.size) : [];
    view.dispatch(view.state.tr.setMeta(key, DecorationSet.create(doc, all)).setMeta("addToHistory", false));
}
