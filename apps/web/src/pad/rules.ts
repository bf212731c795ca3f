// Markdown as it is typed: "# " is a heading, "- " a list, "[ ] " a task, "**word**" bold. One undo brings the signs
// back.

import { InputRule, inputRules, textblockTypeInputRule, wrappingInputRule } from "prosemirror-inputrules";
import type { MarkType } from "prosemirror-model";
import { TextSelection, type Plugin } from "prosemirror-state";
import { placeBlock } from "./commands.ts";
import { safeLink } from "./safe.ts";
import { schema } from "./schema.ts";

const { nodes, marks } = schema;
const outsideOfCode = { inCodeMark: false };

/** The signs go, what they hold gets the mark; the last group of the pattern is that text. */
function markRule(pattern: RegExp, type: MarkType): InputRule {
    return new InputRule(
        pattern,
        (state, match, start, end) => {
            const [whole, before, text] = match as unknown as readonly [string, string, string];
            // What stands before the signs was looked at, too, and stays.
            const from = start + before.length;
            if (text.trim() === "" || !state.doc.resolve(from).parent.type.allowsMarkType(type)) return null;
            const inside = from + whole.slice(before.length).indexOf(text);
            const tr = state.tr;
            if (inside + text.length < end) tr.delete(inside + text.length, end);
            tr.delete(from, inside);
            return tr.addMark(from, from + text.length, type.create()).removeStoredMark(type);
        },
        outsideOfCode,
    );
}

/** "[ ] " or "[x] ", in a paragraph or right after "- ". */
const taskRule = new InputRule(/^\[([ xX]?)\]\s$/, (state, match, start, end) => {
    const checked = match[1]!.toLowerCase() === "x";
    const $start = state.doc.resolve(start);
    const item = $start.depth >= 2 ? $start.node(-1) : null;
    const list = $start.depth >= 3 ? $start.node(-2) : null;
    if (item?.type === nodes.list_item && list?.type === nodes.bullet_list && list.childCount === 1) {
        const tr = state.tr.delete(start, end);
        const from = $start.before(-2);
        const made = nodes.task_list.create(
            null,
            nodes.task_item.create({ checked }, tr.doc.nodeAt(from + 1)!.content),
        );
        tr.replaceWith(from, tr.mapping.map($start.after(-2)), made);
        return tr.setSelection(TextSelection.create(tr.doc, start));
    }
    if ($start.parent.type !== nodes.paragraph) return null;
    const tr = state.tr.delete(start, end);
    const range = tr.doc.resolve(start).blockRange();
    if (range === null) return null;
    if (!range.parent.canReplaceWith(range.startIndex, range.endIndex, nodes.task_list)) return null;
    return tr.wrap(range, [{ type: nodes.task_list }, { type: nodes.task_item, attrs: { checked } }]);
});

const ruleRule = new InputRule(/^(---|\*\*\*|___)$/, (state, _match, start, end) => {
    const tr = state.tr.delete(start, end);
    return placeBlock(tr, nodes.horizontal_rule.create()) ? tr : null;
});

const linkRule = new InputRule(
    /\[([^\]]{1,200})\]\(([^)\s]{1,2000})\)$/,
    (state, match, start, end) => {
        const href = safeLink(match[2]);
        if (href === null || !state.doc.resolve(start).parent.type.allowsMarkType(marks.link)) return null;
        const node = schema.text(match[1]!, [marks.link.create({ href })]);
        return state.tr.replaceWith(start, end, node).removeStoredMark(marks.link);
    },
    outsideOfCode,
);

/** An address that was typed becomes a link by the space behind it. */
const addressRule = new InputRule(
    /(^|\s)(https?:\/\/[^\s<>"]{3,2000})\s$/,
    (state, match, start, end) => {
        const typed = match[2]!.replace(/[.,;:!?)]+$/, "");
        const href = safeLink(typed);
        const from = start + match[1]!.length;
        if (href === null || !state.doc.resolve(from).parent.type.allowsMarkType(marks.link)) return null;
        if (state.doc.rangeHasMark(from, end, marks.link)) return null;
        return state.tr
            .insertText(" ", end)
            .addMark(from, from + typed.length, marks.link.create({ href }))
            .removeStoredMark(marks.link);
    },
    outsideOfCode,
);

export const rules: readonly InputRule[] = [
    textblockTypeInputRule(/^(#{1,3})\s$/, nodes.heading, (match) => ({ level: match[1]!.length })),
    textblockTypeInputRule(/^```$/, nodes.code_block),
    wrappingInputRule(/^\s?>\s$/, nodes.blockquote),
    wrappingInputRule(/^\s?[-+*]\s$/, nodes.bullet_list),
    wrappingInputRule(
        /^(\d{1,6})[.)]\s$/,
        nodes.ordered_list,
        (match) => ({ order: Number(match[1]) }),
        (match, node) => node.childCount + Number(node.attrs["order"]) === Number(match[1]),
    ),
    taskRule,
    ruleRule,
    linkRule,
    addressRule,
    markRule(/(^|[^*\w])\*\*([^*\s][^*]*)\*\*$/, marks.strong),
    markRule(/(^|[^_\w])__([^_\s][^_]*)__$/, marks.strong),
    markRule(/(^|[^*\w])\*([^*\s][^*]*)\*$/, marks.em),
    markRule(/(^|[^_\w])_([^_\s][^_]*)_$/, marks.em),
    markRule(/(^|[^~\w])~~([^~\s][^~]*)~~$/, marks.strike),
    markRule(/(^|[^`\w])`([^`]+)`$/, marks.code),
];

export function markdownRules(): Plugin {
    return inputRules({ rules: [...rules] });
}
