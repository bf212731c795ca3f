// @vitest-environment jsdom
import { DOMSerializer } from "prosemirror-model";
import { describe, expect, it } from "vitest";
import { keyPlugins } from "../../src/pad/keys.ts";
import { markdownRules } from "../../src/pad/rules.ts";
import { schema } from "../../src/pad/schema.ts";
import { editorOf, type } from "./write.ts";

const nobody = { link: () => undefined, find: () => undefined, toToolbar: () => undefined };

/** What stands there after somebody typed that. */
function typed(text: string): string {
    const view = editorOf([markdownRules(), ...keyPlugins(nobody)]);
    type(view, text);
    const box = document.createElement("div");
    box.append(DOMSerializer.fromSchema(schema).serializeFragment(view.state.doc.content));
    view.destroy();
    return box.innerHTML;
}

describe("signs of Markdown that are typed", () => {
    it.each([
        ["# a", '<h3 class="h1">a</h3>'],
        ["## a", '<h4 class="h2">a</h4>'],
        ["### a", '<h5 class="h3">a</h5>'],
        ["#### a", "<p>#### a</p>"],
        ["- a", "<ul><li><p>a</p></li></ul>"],
        ["* a\nb", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"],
        ["- a\n\nb", "<ul><li><p>a</p></li></ul><p>b</p>"],
        ["1. a", "<ol><li><p>a</p></li></ol>"],
        ["7) a", '<ol start="7"><li><p>a</p></li></ol>'],
        ["[ ] a", '<ul data-tasks=""><li data-task="open"><p>a</p></li></ul>'],
        [
            "[x] a\nb",
            '<ul data-tasks=""><li data-task="done"><p>a</p></li><li data-task="open"><p>b</p></li></ul>',
        ],
        ["- [ ] a", '<ul data-tasks=""><li data-task="open"><p>a</p></li></ul>'],
        ["- [x] a", '<ul data-tasks=""><li data-task="done"><p>a</p></li></ul>'],
        ["> a", "<blockquote><p>a</p></blockquote>"],
        ["```a", '<pre spellcheck="false"><code>a</code></pre>'],
        ["---a", "<hr><p>a</p>"],
        ["**a b** c", "<p><strong>a b</strong> c</p>"],
        ["__a__", "<p><strong>a</strong></p>"],
        ["x *a* y", "<p>x <em>a</em> y</p>"],
        ["_a_", "<p><em>a</em></p>"],
        ["~~a~~", "<p><s>a</s></p>"],
        ["`a`", '<p><code spellcheck="false">a</code></p>'],
        ["snake_case_name", "<p>snake_case_name</p>"],
        ["2*3*4", "<p>2*3*4</p>"],
        ["**", "<p>**</p>"],
        ["```**a**", '<pre spellcheck="false"><code>**a**</code></pre>'],
    ])("%j", (text, wanted) => {
        expect(typed(text)).toBe(wanted);
    });

    it("make links only of safe addresses", () => {
        expect(typed("[a](https://example.org)")).toMatch(
            /^<p><a href="https:\/\/example\.org"[^>]*>a<\/a><\/p>$/,
        );
        expect(typed("[a](javascript:x)")).toBe("<p>[a](javascript:x)</p>");
        expect(typed("https://example.org/a. b")).toMatch(
            /<a href="https:\/\/example\.org\/a"[^>]*>https:\/\/example\.org\/a<\/a>\. b/,
        );
    });
});
