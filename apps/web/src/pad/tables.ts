// Tables: rows of cells, as many in each row. Spans that were pasted are shown, and counted where columns are.

import type { Node, NodeType } from "prosemirror-model";
import {
    Plugin,
    Selection,
    TextSelection,
    type Command,
    type EditorState,
    type Transaction,
} from "prosemirror-state";
import { ySyncPluginKey } from "y-prosemirror";
import { schema } from "./schema.ts";

export type TableStep = "row" | "column" | "header" | "no-row" | "no-column" | "no-table";

/** What can be typed into a table by hand; what is pasted may have more. */
const columnsMost = 50;
const { nodes } = schema;

interface Cell {
    readonly table: Node;
    /** Before the table. */
    readonly at: number;
    readonly row: number;
    readonly index: number;
    /** The column in which it begins. */
    readonly column: number;
}

function isCell(type: NodeType): boolean {
    return type === nodes.table_cell || type === nodes.table_header;
}

function spanOf(cell: Node): number {
    return Number(cell.attrs["colspan"]) || 1;
}

function columnsOf(row: Node): number {
    let count = 0;
    row.forEach((cell) => (count += spanOf(cell)));
    return count;
}

/** The cell of the caret. */
function cellAt({ selection: { $from } }: EditorState | Transaction): Cell | null {
    for (let depth = $from.depth; depth > 2; depth -= 1) {
        if (!isCell($from.node(depth).type)) continue;
        const index = $from.index(depth - 1);
        let column = 0;
        for (let i = 0; i < index; i += 1) column += spanOf($from.node(depth - 1).child(i));
        return {
            table: $from.node(depth - 2),
            at: $from.before(depth - 2),
            row: $from.index(depth - 2),
            index,
            column,
        };
    }
    return null;
}

export function isInTable(state: EditorState): boolean {
    return cellAt(state) !== null;
}

function blankCell(type: NodeType): Node {
    return type.createAndFill()!;
}

function rowOf(type: NodeType, columns: number): Node {
    return nodes.table_row.create(
        null,
        Array.from({ length: columns }, () => blankCell(type)),
    );
}

/** With a row of headers. */
export function newTable(rows: number, columns: number): Node {
    const lines = Array.from({ length: rows }, (_, i) =>
        rowOf(i === 0 ? nodes.table_header : nodes.table_cell, columns),
    );
    return nodes.table.create(null, lines);
}

/** Before that row; behind the last one if there are not so many. */
function rowStart(table: Node, at: number, row: number): number {
    let pos = at + 1;
    for (let i = 0; i < Math.min(row, table.childCount); i += 1) pos += table.child(i).nodeSize;
    return pos;
}

/** The cell of a row in which that column is; null: the row ends before it. */
function cellOfColumn(row: Node, column: number): { readonly cell: Node; readonly offset: number } | null {
    let seen = 0;
    let found: { readonly cell: Node; readonly offset: number } | null = null;
    row.forEach((cell, offset) => {
        if (found === null && column < seen + spanOf(cell)) found = { cell, offset };
        seen += spanOf(cell);
    });
    return found;
}

function caretIn(tr: Transaction, pos: number): void {
    tr.setSelection(Selection.near(tr.doc.resolve(Math.min(pos, tr.doc.content.size))));
}

function inTable(work: (tr: Transaction, cell: Cell) => boolean): Command {
    return (state, dispatch) => {
        const cell = cellAt(state);
        if (cell === null) return false;
        const tr = state.tr;
        if (!work(tr, cell)) return false;
        dispatch?.(tr.scrollIntoView());
        return true;
    };
}

const addRow = (tr: Transaction, { table, at, row }: Cell): boolean => {
    const pos = rowStart(table, at, row + 1);
    tr.insert(pos, rowOf(nodes.table_cell, columnsOf(table.child(row))));
    caretIn(tr, pos + 2);
    return true;
};

const addColumn = (tr: Transaction, { table, at, column, row, index }: Cell): boolean => {
    const span = spanOf(table.child(row).child(index));
    if (columnsOf(table.child(row)) >= columnsMost) return false;
    // From the last row on, so that positions above stay as they are.
    for (let i = table.childCount - 1; i >= 0; i -= 1) {
        const line = table.child(i);
        const found = cellOfColumn(line, column + span - 1);
        const start = rowStart(table, at, i) + 1;
        const pos = found === null ? start + line.content.size : start + found.offset + found.cell.nodeSize;
        const type = (found?.cell ?? line.lastChild)?.type ?? nodes.table_cell;
        tr.insert(pos, blankCell(type));
    }
    return true;
};

const deleteRow = (tr: Transaction, cell: Cell): boolean => {
    const { table, at, row } = cell;
    if (table.childCount === 1) return deleteTable(tr, cell);
    const pos = rowStart(table, at, row);
    tr.delete(pos, pos + table.child(row).nodeSize);
    caretIn(tr, row === table.childCount - 1 ? rowStart(table, at, row - 1) + 2 : pos + 2);
    return true;
};

const deleteColumn = (tr: Transaction, cell: Cell): boolean => {
    const { table, at, column, row } = cell;
    if (columnsOf(table.child(row)) === 1) return deleteTable(tr, cell);
    for (let i = table.childCount - 1; i >= 0; i -= 1) {
        const found = cellOfColumn(table.child(i), column);
        if (found === null) continue;
        const pos = rowStart(table, at, i) + 1 + found.offset;
        const span = spanOf(found.cell);
        if (span > 1) tr.setNodeAttribute(pos, "colspan", span - 1);
        else tr.delete(pos, pos + found.cell.nodeSize);
    }
    caretIn(tr, tr.mapping.map(tr.selection.from));
    return true;
};

function deleteTable(tr: Transaction, { table, at }: Cell): boolean {
    tr.replaceWith(at, at + table.nodeSize, nodes.paragraph.create());
    caretIn(tr, at + 1);
    return true;
}

const toggleHeader = (tr: Transaction, { table, at }: Cell): boolean => {
    const first = table.firstChild!;
    let allHeaders = true;
    first.forEach((cell) => (allHeaders &&= cell.type === nodes.table_header));
    const type = allHeaders ? nodes.table_cell : nodes.table_header;
    first.forEach((cell, offset) => {
        if (cell.type !== type) tr.setNodeMarkup(at + 2 + offset, type, cell.attrs);
    });
    return true;
};

const steps: { readonly [step in TableStep]: (tr: Transaction, cell: Cell) => boolean } = {
    row: addRow,
    column: addColumn,
    header: toggleHeader,
    "no-row": deleteRow,
    "no-column": deleteColumn,
    "no-table": deleteTable,
};

export function changeTable(step: TableStep): Command {
    return inTable(steps[step]);
}

/** To the next or the last cell, whose text is then marked; behind the last one a row is made. */
export function goToCell(by: 1 | -1): Command {
    return inTable((tr, cell) => {
        const { table, at, row, index } = cell;
        const line = table.child(row);
        let [toRow, toIndex] = [row, index + by];
        if (toIndex < 0) {
            toRow -= 1;
            toIndex = toRow < 0 ? 0 : table.child(toRow).childCount - 1;
        } else if (toIndex >= line.childCount) [toRow, toIndex] = [row + 1, 0];
        // Before the first cell is the way out.
        if (toRow < 0) return false;
        if (toRow >= table.childCount) return addRow(tr, cell);
        let pos = rowStart(table, at, toRow) + 1;
        for (let i = 0; i < toIndex; i += 1) pos += table.child(toRow).child(i).nodeSize;
        const target = table.child(toRow).child(toIndex);
        tr.setSelection(
            TextSelection.between(tr.doc.resolve(pos + 1), tr.doc.resolve(pos + target.nodeSize - 1)),
        );
        return true;
    });
}

/** A selection over several cells empties them, and takes none away. */
export const emptyCells: Command = (state, dispatch) => {
    const { $from, $to, from, to } = state.selection;
    const cell = cellAt(state);
    if (cell === null || $from.sameParent($to)) return false;
    const tr = state.tr;
    const parts: { readonly from: number; readonly to: number }[] = [];
    state.doc.nodesBetween(from, to, (node, pos) => {
        if (!isCell(node.type)) return true;
        parts.push({ from: Math.max(from, pos + 1), to: Math.min(to, pos + node.nodeSize - 1) });
        return false;
    });
    if (parts.length < 2) return false;
    if (dispatch === undefined) return true;
    for (const part of parts.reverse()) tr.deleteRange(part.from, part.to);
    caretIn(tr, from);
    dispatch(tr.scrollIntoView());
    return true;
};

/** Rows that have fewer cells than the longest get empty ones. Null: all is well. */
export function squareTables(state: EditorState): Transaction | null {
    const tr = state.tr;
    state.doc.descendants((table, at) => {
        if (table.type !== nodes.table) return !table.isTextblock;
        const widths: number[] = [];
        let spans = false;
        table.forEach((row) => {
            widths.push(columnsOf(row));
            row.forEach((cell) => (spans ||= Number(cell.attrs["rowspan"]) > 1));
        });
        const widest = Math.max(1, ...widths);
        // Where cells reach over rows, a short row is none.
        if (spans || widths.every((one) => one === widest)) return false;
        for (let i = table.childCount - 1; i >= 0; i -= 1) {
            const missing = widest - widths[i]!;
            const pos = tr.mapping.map(rowStart(table, at, i) + table.child(i).nodeSize - 1);
            const type = table.child(i).lastChild?.type ?? nodes.table_cell;
            if (missing > 0)
                tr.insert(
                    pos,
                    Array.from({ length: missing }, () => blankCell(type)),
                );
        }
        return false;
    });
    return tr.docChanged ? tr : null;
}

/** Keeps tables square through what is done here; what others do, they repair. */
export function tableRules(): Plugin {
    return new Plugin({
        appendTransaction: (transactions, _, state) => {
            const isOurs = transactions.some(
                (tr) => tr.docChanged && tr.getMeta(ySyncPluginKey) === undefined,
            );
            return isOurs ? squareTables(state) : null;
        },
        props: {
            handleTextInput: (view) => {
                emptyCells(view.state, view.dispatch);
                return false;
            },
        },
    });
}
