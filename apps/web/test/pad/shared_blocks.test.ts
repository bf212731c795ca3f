// @vitest-environment jsdom
import { EditorView } from "prosemirror-view";
import { EditorState, TextSelection } from "prosemirror-state";
import { ySyncPlugin, yUndoPlugin, yUndoPluginKey } from "y-prosemirror";
import { afterEach, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { keyPlugins } from "../../src/pad/keys.ts";
import { markdownRules } from "../../src/pad/rules.ts";
import { sharedBlocks } from "../../src/pad/shared_blocks.ts";
import { blank, caretAt, press, type } from "./write.ts";

const nobody = { link: () => undefined, find: () => undefined, toToolbar: () => undefined };
const views: EditorView[] = [];

interface Writer {
    readonly doc: Y.Doc;
    readonly root: Y.XmlFragment;
    readonly view: EditorView;
}

function writer(client: number): Writer {
    const doc = new Y.Doc();
    doc.clientID = client;
    const root = doc.getXmlFragment("prosemirror");
    const plugins = [
        ySyncPlugin(root),
        yUndoPlugin(),
        sharedBlocks(root),
        markdownRules(),
        ...keyPlugins(nobody),
    ];
    const view = new EditorView(document.createElement("div"), {
        state: EditorState.create({ doc: blank(), plugins }),
    });
    views.push(view);
    return { doc, root, view };
}

/** Each gets what the others have written, one update a transaction, as the server passes them on. */
function meet(...all: readonly Writer[]): void {
    const news = all.map((one) =>
        all.map((other) => Y.encodeStateAsUpdate(one.doc, Y.encodeStateVector(other.doc))),
    );
    for (const [from, updates] of news.entries()) {
        for (const [to, update] of updates.entries()) if (from !== to) Y.applyUpdate(all[to]!.doc, update);
    }
}

/** Until nobody has anything new for anybody. */
function settle(...all: readonly Writer[]): string {
    for (let round = 0; round < 5; ++round) meet(...all);
    const texts = new Set(all.map(({ root }) => root.toString()));
    expect([...texts]).toHaveLength(1);
    for (const { view } of all) expect(view.state.doc.toString()).toBe(all[0]!.view.state.doc.toString());
    return linesOf(all[0]!);
}

const linesOf = ({ view }: Writer): string =>
    Array.from({ length: view.state.doc.childCount }, (_, at) => view.state.doc.child(at).textContent).join(
        "|",
    );

const toEnd = ({ view }: Writer): void =>
    view.dispatch(view.state.tr.setSelection(TextSelection.atEnd(view.state.doc)));

afterEach(() => {
    for (const view of views.splice(0)) view.destroy();
});

describe("a block that two people begin to write in", () => {
    it.each([
        ["a line", "One\n"],
        ["a heading", "One\n# "],
        ["a point", "- One\n"],
        ["a task", "[ ] One\n"],
        ["a quote", "> One\n"],
        ["code", "```"],
    ])("%s", (_, begin) => {
        const [ana, bo] = [writer(1), writer(2)];
        type(ana.view, begin);
        settle(ana, bo);
        for (const [one, words] of [
            [ana, "Ana writes"],
            [bo, "Bo writes"],
        ] as const) {
            toEnd(one);
            type(one.view, words);
        }
        meet(ana, bo);
        // Before either hears what the other's editor made of both.
        for (const one of [ana, bo]) {
            toEnd(one);
            type(one.view, ".");
        }
        const merged = settle(ana, bo);
        for (const words of ["Ana writes", "Bo writes"]) expect(merged.split(words)).toHaveLength(2);
    });

    it("has its text with itself, once", () => {
        const { root, view } = writer(1);
        type(view, "One\n");
        expect(root.get(1)).toHaveLength(1);
        type(view, "Two");
        expect(root.get(1)).toHaveLength(1);
        for (let i = 0; i < 3; ++i) press(view, "Backspace");
        expect(root.length).toBe(2);
        expect(root.get(1)).toHaveLength(1);
    });

    it("goes and comes back as one step", () => {
        const one = writer(1);
        type(one.view, "One");
        const { undoManager } = yUndoPluginKey.getState(one.view.state)!;
        undoManager.stopCapturing();
        press(one.view, "Enter");
        expect(linesOf(one)).toBe("One|");
        undoManager.undo();
        expect(linesOf(one)).toBe("One");
        undoManager.redo();
        expect(linesOf(one)).toBe("One|");
        undoManager.undo();
        expect(linesOf(one)).toBe("One");
    });

    it("leaves what others made as it is", () => {
        const [ana, bo] = [writer(1), writer(2)];
        const stranger = new Y.XmlElement("paragraph");
        ana.root.insert(0, [stranger]);
        meet(ana, bo);
        caretAt(bo.view, 1);
        expect(bo.root.toString()).toBe("<paragraph></paragraph>");
        expect(bo.root.get(0)).toHaveLength(0);
    });
});
