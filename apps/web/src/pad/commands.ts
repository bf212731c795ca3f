// What toolbar and keys do, and what of it is on where the caret is.

import { lift, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
import type { Node, NodeType, ResolvedPos } from "prosemirror-model";
import { liftListItem, sinkListItem, wrapInList } from "prosemirror-schema-list";
import {
    NodeSelection,
    Selection,
    TextSelection,
    type Command,
    type EditorState,
    type Transaction,
} from "prosemirror-state";
import { safeLink } from "./safe.ts";
import { schema, type MarkName } from "./schema.ts";
import { newTable } from "./tables.ts";

export type BlockKind = "paragraph" | "heading-1" | "heading-2" | "heading-3" | "code";
export type ListKind = "bullet_list" | "ordered_list" | "task_list";

const { nodes, marks } = schema;

export function markIsOn(state: EditorState, name: MarkName): boolean {
    const { from, to, empty, $from } = state.selection;
    const type = marks[name];
    if (empty) return type.isInSet(state.storedMarks ?? $from.marks()) !== undefined;
    return state.doc.rangeHasMark(from, to, type);
}

export function toggle(name: MarkName): Command {
    return toggleMark(marks[name]);
}

/** What the caret is in; null: several kinds. */
export function blockKindAt(state: EditorState): BlockKind | null {
    const kinds = new Set<BlockKind>();
    const { from, to } = state.selection;
    state.doc.nodesBetween(from, to, (node) => {
        if (node.type === nodes.paragraph) kinds.add("paragraph");
        if (node.type === nodes.code_block) kinds.add("code");
        if (node.type === nodes.heading) kinds.add(`heading-${Number(node.attrs["level"])}` as BlockKind);
        return !node.isTextblock;
    });
    return kinds.size === 1 ? [...kinds][0]! : null;
}

export function setBlock(kind: BlockKind): Command {
    if (kind === "paragraph") return setBlockType(nodes.paragraph);
    if (kind === "code") return setBlockType(nodes.code_block);
    return setBlockType(nodes.heading, { level: Number(kind.slice(-1)) });
}

/** The nearest list around the caret. */
export function listAt(state: EditorState): ListKind | null {
    const found = around(state.selection.$from, (node) => isList(node.type));
    return found === null ? null : (found.node.type.name as ListKind);
}

export function isInQuote(state: EditorState): boolean {
    return around(state.selection.$from, (node) => node.type === nodes.blockquote) !== null;
}

export const toggleQuote: Command = (state, dispatch) => {
    const quote = around(state.selection.$from, (node) => node.type === nodes.blockquote);
    return quote === null ? wrapIn(nodes.blockquote)(state, dispatch) : lift(state, dispatch);
};

function isList(type: NodeType): boolean {
    return type === nodes.bullet_list || type === nodes.ordered_list || type === nodes.task_list;
}

function itemOf(list: NodeType): NodeType {
    return list === nodes.task_list ? nodes.task_item : nodes.list_item;
}

interface Around {
    readonly node: Node;
    readonly depth: number;
    readonly pos: number;
}

function around($pos: ResolvedPos, fits: (node: Node) => boolean): Around | null {
    for (let depth = $pos.depth; depth > 0; depth -= 1) {
        const node = $pos.node(depth);
        if (fits(node)) return { node, depth, pos: $pos.before(depth) };
    }
    return null;
}

/** Makes a list, makes another kind of it, or text again. */
export function toggleList(kind: ListKind): Command {
    return (state, dispatch, view) => {
        const list = nodes[kind];
        const found = around(state.selection.$from, (node) => isList(node.type));
        if (found === null) {
            if (wrapInList(list)(state, dispatch)) return true;
            // Headings and code become text first.
            if (!setBlockType(nodes.paragraph)(state, dispatch)) return false;
            return dispatch === undefined || view === undefined || wrapInList(list)(view.state, dispatch);
        }
        if (found.node.type === list) return liftListItem(itemOf(list))(state, dispatch);
        if (dispatch !== undefined) {
            const items: Node[] = [];
            found.node.forEach((item) => items.push(itemOf(list).create(null, item.content, item.marks)));
            const made = list.create(null, items);
            const tr = state.tr.replaceWith(found.pos, found.pos + found.node.nodeSize, made);
            // The same size inside and out: the caret stays where it was.
            const { anchor, head } = state.selection;
            tr.setSelection(TextSelection.between(tr.doc.resolve(anchor), tr.doc.resolve(head)));
            dispatch(tr.scrollIntoView());
        }
        return true;
    };
}

function inItem(command: (item: NodeType) => Command): Command {
    return (state, dispatch, view) => {
        const found = around(
            state.selection.$from,
            (node) => node.type === nodes.list_item || node.type === nodes.task_item,
        );
        return found !== null && command(found.node.type)(state, dispatch, view);
    };
}

export const indent: Command = inItem(sinkListItem);
export const outdent: Command = inItem(liftListItem);

export const toggleTask: Command = (state, dispatch) => {
    const found = around(state.selection.$from, (node) => node.type === nodes.task_item);
    if (found === null) return false;
    dispatch?.(state.tr.setNodeAttribute(found.pos, "checked", found.node.attrs["checked"] !== true));
    return true;
};

export interface LinkHere {
    readonly from: number;
    readonly to: number;
    readonly href: string;
    readonly text: string;
}

/** The whole link in which the selection is. */
export function linkAt(state: EditorState): LinkHere | null {
    const { $from, empty, from, to } = state.selection;
    const type = marks.link;
    if (!empty && !state.doc.rangeHasMark(from, to, type)) return null;
    const parent = $from.parent;
    const start = $from.start();
    let found: LinkHere | null = null;
    let run: LinkHere | null = null;
    parent.forEach((child, offset) => {
        const mark = type.isInSet(child.marks);
        const at = start + offset;
        if (mark === undefined) {
            run = null;
            return;
        }
        const href = String(mark.attrs["href"]);
        run =
            run !== null && run.href === href && run.to === at
                ? { ...run, to: at + child.nodeSize, text: run.text + child.textContent }
                : { from: at, to: at + child.nodeSize, href, text: child.textContent };
        if (from >= run.from && from <= run.to) found = run;
    });
    return found;
}

/** Over the selection, in place of the link that is there, or as new words. */
export function setLink(href: string, text: string): Command {
    return (state, dispatch) => {
        const safe = safeLink(href);
        if (safe === null) return false;
        if (dispatch === undefined) return true;
        const here = linkAt(state);
        const { from, to } = here ?? state.selection;
        const mark = marks.link.create({ href: safe });
        const tr = state.tr;
        const before = state.doc.textBetween(from, to, " ");
        if (text === before && from !== to) {
            tr.removeMark(from, to, marks.link).addMark(from, to, mark);
        } else {
            const others = state.doc.resolve(from).marks();
            const node = schema.text(text === "" ? href.trim() : text, mark.addToSet(others));
            tr.replaceRangeWith(from, to, node);
        }
        dispatch(tr.removeStoredMark(marks.link).scrollIntoView());
        return true;
    };
}

export const removeLink: Command = (state, dispatch) => {
    const here = linkAt(state);
    if (here === null) return false;
    dispatch?.(state.tr.removeMark(here.from, here.to, marks.link));
    return true;
};

/** With a row of headers; the caret goes into the first cell. */
export function insertTable(rows: number, columns: number): Command {
    return insertBlock(newTable(rows, columns));
}

export const insertRule: Command = insertBlock(nodes.horizontal_rule.create());

function insertBlock(node: Node): Command {
    return (state, dispatch) => {
        const tr = state.tr;
        if (!placeBlock(tr, node)) return false;
        dispatch?.(tr.scrollIntoView());
        return true;
    };
}

/** In place of an empty paragraph, or behind the block of the caret; something to write in stands behind it. */
export function placeBlock(tr: Transaction, node: Node): boolean {
    const { $to } = tr.selection;
    const depth = $to.depth;
    if (depth === 0) return false;
    const isBlank = $to.parent.isTextblock && $to.parent.content.size === 0;
    const from = isBlank ? $to.before(depth) : $to.after(depth);
    const to = isBlank ? $to.after(depth) : from;
    const $outside = tr.doc.resolve(from);
    const index = $outside.index();
    if (!$outside.parent.canReplaceWith(index, index + Number(isBlank), node.type)) return false;
    const isLast = tr.doc.resolve(to).nodeAfter === null;
    tr.replaceWith(from, to, isLast ? [node, nodes.paragraph.create()] : node);
    tr.setSelection(Selection.near(tr.doc.resolve(node.isLeaf ? from + node.nodeSize : from + 1)));
    return true;
}

export function insertImage(src: string, alt: string): Command {
    return (state, dispatch) => {
        dispatch?.(state.tr.replaceSelectionWith(nodes.image.create({ src, alt })).scrollIntoView());
        return true;
    };
}

/** The picture that is selected; null: none is. */
export function pictureAt(state: EditorState): Node | null {
    const { selection } = state;
    return selection instanceof NodeSelection && selection.node.type === nodes.image ? selection.node : null;
}

/** Other words in the place of the picture that is selected. */
export function setPictureWords(alt: string): Command {
    return (state, dispatch) => {
        if (pictureAt(state) === null) return false;
        const at = state.selection.from;
        if (dispatch !== undefined) {
            const tr = state.tr.setNodeAttribute(at, "alt", alt);
            dispatch(tr.setSelection(NodeSelection.create(tr.doc, at)));
        }
        return true;
    };
}

/** Out of a block in which Enter makes no new one (code, a table), behind it or before it. */
export function leaveBlock(side: "behind" | "before"): Command {
    return (state, dispatch) => {
        const { $head } = state.selection;
        if (state.selection instanceof NodeSelection || $head.depth === 0) return false;
        const at = side === "behind" ? $head.after(1) : $head.before(1);
        if (dispatch !== undefined) {
            const tr = state.tr.insert(at, nodes.paragraph.create());
            dispatch(tr.setSelection(TextSelection.create(tr.doc, at + 1)).scrollIntoView());
        }
        return true;
    };
}
