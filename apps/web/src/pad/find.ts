// Finds words in the text: all places are marked, one of them is where the search stands.

import type { Node } from "prosemirror-model";
import { Plugin, PluginKey, TextSelection, type EditorState } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";

export interface Place {
    readonly from: number;
    readonly to: number;
}

export interface Found {
    readonly query: string;
    readonly places: readonly Place[];
    /** Which of them it stands at; -1: none. */
    readonly at: number;
}

const nothing: Found = { query: "", places: [], at: -1 };
const key = new PluginKey<Found>("find");
/** Marks beyond that help nobody. */
const placesMost = 2000;

/** Accents and capitals do not count; each letter stays where it was. */
function plain(text: string): string {
    let made = "";
    for (const unit of text.split("")) {
        const bare = unit.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
        made += bare.length === 1 ? bare : unit;
    }
    return made;
}

export function placesOf(doc: Node, query: string): readonly Place[] {
    const wanted = plain(query);
    const places: Place[] = [];
    if (wanted.trim() === "") return places;
    doc.descendants((node, pos) => {
        if (!node.isTextblock) return true;
        const text = plain(node.textBetween(0, node.content.size, undefined, "\ufffc"));
        for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
            if (places.length >= placesMost) return false;
            places.push({ from: pos + 1 + at, to: pos + 1 + at + wanted.length });
        }
        return false;
    });
    return places;
}

export function foundIn(state: EditorState): Found {
    return key.getState(state) ?? nothing;
}

export function findPlugin(): Plugin {
    return new Plugin<Found>({
        key,
        state: {
            init: () => nothing,
            apply: (tr, before) => {
                const set = tr.getMeta(key) as Found | undefined;
                if (set !== undefined) return set;
                if (!tr.docChanged || before.query === "") return before;
                const places = placesOf(tr.doc, before.query);
                return { ...before, places, at: Math.min(before.at, places.length - 1) };
            },
        },
        props: {
            decorations: (state) => {
                const { places, at } = foundIn(state);
                return DecorationSet.create(
                    state.doc,
                    places.map(({ from, to }, i) =>
                        Decoration.inline(from, to, { class: i === at ? "found here" : "found" }),
                    ),
                );
            },
        },
    });
}

/** Looks for it from the caret on; "" ends the search. */
export function find(view: EditorView, query: string): Found {
    const places = placesOf(view.state.doc, query);
    const from = view.state.selection.from;
    const next = places.findIndex((one) => one.from >= from);
    return stand(view, { query, places, at: places.length === 0 ? -1 : Math.max(0, next) });
}

export function step(view: EditorView, by: 1 | -1): Found {
    const { query, places, at } = foundIn(view.state);
    if (places.length === 0) return foundIn(view.state);
    return stand(view, { query, places, at: (at + by + places.length) % places.length });
}

function stand(view: EditorView, found: Found): Found {
    const place = found.places[found.at];
    const tr = view.state.tr.setMeta(key, found).setMeta("addToHistory", false);
    if (place !== undefined) {
        tr.setSelection(TextSelection.create(tr.doc, place.from, place.to)).scrollIntoView();
    }
    view.dispatch(tr);
    return found;
}
