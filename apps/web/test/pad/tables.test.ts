// @vitest-environment jsdom
import type { Node } from "prosemirror-model";
import type { EditorView } from "prosemirror-view";
import { afterEach, describe, expect, it } from "vitest";
import { insertTable } from "../../src/pad/commands.ts";
import { keyPlugins } from "../../src/pad/keys.ts";
import { changeTable, isInTable, tableRules, type TableStep } from "../../src/pad/tables.ts";
import { sliceOf } from "../../src/pad/paste.ts";
import { caretAt, editorOf, placeOf, press, type } from "./write.ts";

const nobody = { link: () => undefined, find: () => undefined, toToolbar: () => undefined };
let view: EditorView;
afterEach(() => view.destroy());

/** Rows of cells: "A" a header, "a" a cell; blank: "-". */
function table(doc: Node): string {
    const rows: string[] = [];
    doc.descendants((node) => {
        if (node.type.name !== "table_row") return true;
        const cells: string[] = [];
        node.forEach((cell) => {
            const text = cell.textContent || "-";
            cells.push(cell.type.name === "table_header" ? text.toUpperCase() : text);
        });
        rows.push(cells.join(" "));
        return false;
    });
    return rows.join(" / ");
}

/** Two rows of two, the letters a to d in them, the caret at `at`. */
function begin(at: string): void {
    view = editorOf([...keyPlugins(nobody), tableRules()]);
    insertTable(2, 2)(view.state, view.dispatch);
    type(view, "a");
    for (const letter of "bcd") {
        press(view, "Tab");
        type(view, letter);
    }
    caretAt(view, placeOf(view.state.doc, at) + 1);
}

describe("a table", () => {
    it("is made with a row of headers, and Tab goes through it", () => {
        begin("a");
        expect(table(view.state.doc)).toBe("A B / c d");
        expect(isInTable(view.state)).toBe(true);
        expect(view.state.doc.lastChild!.type.name).toBe("paragraph");
    });

    it("grows by Tab behind its last cell", () => {
        begin("d");
        press(view, "Tab");
        type(view, "e");
        expect(table(view.state.doc)).toBe("A B / c d / e -");
    });

    it.each<[TableStep, string, string]>([
        ["row", "a", "A B / - - / c d"],
        ["row", "d", "A B / c d / - -"],
        ["column", "a", "A - B / c - d"],
        ["column", "d", "A B - / c d -"],
        ["no-row", "b", "c d"],
        ["no-row", "c", "A B"],
        ["no-column", "a", "B / d"],
        ["no-column", "d", "A / c"],
        ["header", "a", "a b / c d"],
        ["no-table", "a", ""],
    ])("%s at %s", (step, at, wanted) => {
        begin(at);
        expect(changeTable(step)(view.state, view.dispatch)).toBe(true);
        expect(table(view.state.doc)).toBe(wanted);
        view.state.doc.check();
    });

    it("goes with its last row or column", () => {
        begin("a");
        changeTable("no-row")(view.state, view.dispatch);
        changeTable("no-row")(view.state, view.dispatch);
        expect(table(view.state.doc)).toBe("");
        view.destroy();
        begin("a");
        changeTable("no-column")(view.state, view.dispatch);
        changeTable("no-column")(view.state, view.dispatch);
        expect(table(view.state.doc)).toBe("");
    });

    it("has 50 columns at most", () => {
        begin("a");
        for (let columns = 2; columns < 50; columns += 1) {
            expect(changeTable("column")(view.state, view.dispatch)).toBe(true);
        }
        expect(changeTable("column")(view.state, view.dispatch)).toBe(false);
    });

    it("keeps its cells when a selection over several is deleted or typed over", () => {
        begin("a");
        const from = placeOf(view.state.doc, "b");
        const to = placeOf(view.state.doc, "d") + 1;
        caretAt(view, from, to);
        press(view, "Backspace");
        expect(table(view.state.doc)).toBe("A - / - -");
        view.destroy();
        begin("a");
        caretAt(view, from, to);
        view.dispatch(view.state.tr.deleteSelection());
        view.state.doc.check();
        const widths = table(view.state.doc)
            .split(" / ")
            .map((row) => row.split(" ").length);
        expect(new Set(widths).size).toBe(1);
    });

    it("that was pasted with short rows is made square, one with cells over rows is left", () => {
        view = editorOf([tableRules()]);
        const paste = (html: string): void => view.dispatch(view.state.tr.replaceSelection(sliceOf(html)));
        paste("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>");
        expect(table(view.state.doc)).toBe("a b / c -");
        view.destroy();
        view = editorOf([tableRules()]);
        paste("<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr></table>");
        expect(table(view.state.doc)).toBe("a b / c");
    });
});
