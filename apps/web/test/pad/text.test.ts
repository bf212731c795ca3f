// @vitest-environment jsdom
import { AuthorBook } from "@libconf/client/pad";
import { EditorState } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { prosemirrorToYXmlFragment, yXmlFragmentToProseMirrorRootNode, ySyncPlugin } from "y-prosemirror";
import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { runsOf } from "../../src/pad/author_marks.ts";
import { caret, selection } from "../../src/pad/carets.ts";
import { blockKindAt, linkAt, listAt, removeLink, setLink, toggleList } from "../../src/pad/commands.ts";
import { wordsOf } from "../../src/pad/count.ts";
import { find, findPlugin, foundIn, placesOf, step } from "../../src/pad/find.ts";
import { sliceOf } from "../../src/pad/paste.ts";
import { schema } from "../../src/pad/schema.ts";
import { blank, caretAt, editorOf, placeOf } from "./write.ts";

const rich =
    '<h1>Agenda</h1><ul><li>one <b>two</b></li></ul><p>three<br>four <img src="/api/v1/a.png"> five</p><hr><table><tr><td>six</td></tr></table><pre>seven</pre>';

const docOf = (html: string) => {
    const { content } = sliceOf(html);
    return schema.topNodeType.createChecked(null, content);
};

describe("who wrote what", () => {
    it("is where the words are, whatever stands around them", () => {
        const doc = new Y.Doc();
        const root = doc.getXmlFragment("prosemirror");
        const wanted = docOf(rich);
        prosemirrorToYXmlFragment(wanted, root);
        const node = yXmlFragmentToProseMirrorRootNode(root, schema);
        const text = runsOf(root).map(({ from, to }) => node.textBetween(from, to));
        expect(text.join("|")).toBe("Agenda|one two|three|four | five|six|seven");
    });

    it("is told by the client of each character", () => {
        const [ana, bo] = [new Y.Doc(), new Y.Doc()];
        const edit = (doc: Y.Doc, at: number, words: string): void => {
            const root = doc.getXmlFragment("prosemirror");
            const view = new EditorView(null, {
                state: EditorState.create({ doc: blank(), plugins: [ySyncPlugin(root)] }),
            });
            view.dispatch(view.state.tr.insertText(words, at));
            view.destroy();
        };
        edit(ana, 1, "Hello world");
        Y.applyUpdate(bo, Y.encodeStateAsUpdate(ana));
        edit(bo, 7, "cruel ");
        Y.applyUpdate(ana, Y.encodeStateAsUpdate(bo));
        expect(runsOf(ana.getXmlFragment("prosemirror"))).toEqual([
            { from: 1, to: 7, client: ana.clientID },
            { from: 7, to: 13, client: bo.clientID },
            { from: 13, to: 18, client: ana.clientID },
        ]);
    });

    it("the server's word counts more than what people say of themselves, and they stay known", () => {
        const book = new AuthorBook();
        const before = book.changes.value;
        book.see([{ client: 1, name: "Ana", hue: 3, isSelf: false }]);
        book.see([]);
        expect(book.of(1)).toEqual({ name: "Ana", hue: 3 });
        book.learn([{ id: "a", name: "Ana Maria", hue: 5, clients: [1, 2] }]);
        expect(book.of(1)).toEqual({ name: "Ana Maria", hue: 5 });
        expect(book.byId("a")).toEqual({ name: "Ana Maria", hue: 5 });
        expect(book.of(9)).toEqual({ name: "", hue: null });
        expect(book.changes.value).toBe(before + 2);
    });
});

describe("others' carets", () => {
    it("have names that are text, and no style", () => {
        const made = caret({ name: "<img src=x onerror=alert(1)>", hue: 2 }, 7);
        expect(made.querySelector("img")).toBe(null);
        expect(made.querySelector(".caret-name")!.textContent).toBe("<img src=x onerror=alert(1)>");
        expect(made.dataset["hue"]).toBe("2");
        expect(made.outerHTML).not.toContain("style");
        expect(selection({ hue: 99, name: {} }, 7)["data-hue"]).toMatch(/^\d+$/);
    });
});

describe("finding", () => {
    it("does not mind capitals and accents, and knows where it stands", () => {
        const view = editorOf([findPlugin()], docOf("<p>Réunion, reunion</p><ul><li>RÉUNION</li></ul>"));
        expect(placesOf(view.state.doc, "réunion").length).toBe(3);
        const first = find(view, "reunion");
        expect([first.at, first.places.length]).toEqual([0, 3]);
        expect(step(view, 1).at).toBe(1);
        expect(step(view, -1).at).toBe(0);
        expect(step(view, -1).at).toBe(2);
        expect(view.state.selection.from).toBe(first.places[2]!.from);
        view.dispatch(view.state.tr.insertText("reunion ", 1));
        expect(foundIn(view.state).places.length).toBe(4);
        expect(find(view, "").places).toEqual([]);
        view.destroy();
    });

    it("marks 2000 places at most", () => {
        expect(placesOf(docOf(`<p>${"a".repeat(2000)}</p>`), "a").length).toBe(2000);
        expect(placesOf(docOf(`<p>${"a".repeat(2001)}</p>`), "a").length).toBe(2000);
    });
});

describe("the length of a text", () => {
    it.each([
        ["", 0],
        ["one", 1],
        ["  one, two; three  ", 3],
        ["l’eau d'été", 2],
        ["état-major 3.5", 2],
        ["e\u0301te\u0301", 1],
        ["会議室", 3],
    ])("%j is %i words", (text, count) => {
        expect(wordsOf(text)).toBe(count);
    });
});

describe("what the toolbar does", () => {
    it("makes lists, other lists, and text of them", () => {
        const view = editorOf([], docOf("<p>a</p>"));
        caretAt(view, 1);
        toggleList("bullet_list")(view.state, view.dispatch);
        expect(listAt(view.state)).toBe("bullet_list");
        toggleList("task_list")(view.state, view.dispatch);
        expect(listAt(view.state)).toBe("task_list");
        view.state.doc.check();
        toggleList("task_list")(view.state, view.dispatch);
        expect(listAt(view.state)).toBe(null);
        view.destroy();
    });

    it("makes a list of a heading", () => {
        const view = editorOf([], docOf("<h1>a</h1>"));
        caretAt(view, 1);
        expect(blockKindAt(view.state)).toBe("heading-1");
        toggleList("ordered_list")(view.state, view.dispatch, view);
        expect(listAt(view.state)).toBe("ordered_list");
        view.destroy();
    });

    it("sets, changes and removes links", () => {
        const view = editorOf([], docOf("<p>see here</p>"));
        const at = placeOf(view.state.doc, "here");
        caretAt(view, at, at + 4);
        expect(setLink("javascript:alert(1)", "here")(view.state, view.dispatch)).toBe(false);
        setLink("example.org", "here")(view.state, view.dispatch);
        caretAt(view, at + 1);
        expect(linkAt(view.state)).toEqual({
            from: at,
            to: at + 4,
            href: "https://example.org",
            text: "here",
        });
        setLink("https://example.com", "there")(view.state, view.dispatch);
        caretAt(view, at + 1);
        expect(linkAt(view.state)?.href).toBe("https://example.com");
        expect(view.state.doc.textContent).toBe("see there");
        removeLink(view.state, view.dispatch);
        expect(linkAt(view.state)).toBe(null);
        view.destroy();
    });
});
