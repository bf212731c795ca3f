// @vitest-environment jsdom
import { DOMSerializer, Fragment, Node, Slice } from "prosemirror-model";
import { describe, expect, it } from "vitest";
import { sliceOf } from "../../src/pad/paste.ts";
import { schema } from "../../src/pad/schema.ts";
import { rewriteHtml } from "../../src/pad/tags.ts";

/** What is in the text after it was pasted, as the page shows it. */
function shown(html: string): string {
    const box = document.createElement("div");
    box.append(DOMSerializer.fromSchema(schema).serializeFragment(sliceOf(html).content));
    return box.innerHTML;
}

describe("what is pasted", () => {
    it.each([
        ["<b>a</b> <i>b</i> <u>c</u> <s>d</s>", "<strong>a</strong> <em>b</em> <u>c</u> <s>d</s>"],
        ['<span style="font-weight: 700; color: red">a</span>', "<strong>a</strong>"],
        ['<span style="font-style:italic">a</span>', "<em>a</em>"],
        ['<span style="text-decoration: underline">a</span>', "<u>a</u>"],
        ['<b style="font-weight: normal"><p>a</p></b>', "<p>a</p>"],
        ["<h1>a</h1><h5>b</h5>", '<h3 class="h1">a</h3><h5 class="h3">b</h5>'],
        ["<ul><li>a</li></ul>", "<ul><li><p>a</p></li></ul>"],
        ['<ol start="3"><li>a</li></ol>', '<ol start="3"><li><p>a</p></li></ol>'],
        [
            '<ul><li><input type="checkbox" checked> a</li><li>b</li></ul>',
            '<ul data-tasks=""><li data-task="done"><p>a</p></li><li data-task="open"><p>b</p></li></ul>',
        ],
        [
            "<table><tr><th>a</th><td colspan=2>b</td></tr></table>",
            '<table><tbody><tr><th><p>a</p></th><td colspan="2"><p>b</p></td></tr></tbody></table>',
        ],
        ["<pre>a\n b</pre>", '<pre spellcheck="false"><code>a\n b</code></pre>'],
    ])("%s keeps its form", (html, wanted) => {
        expect(shown(html)).toBe(wanted);
    });

    it.each([
        ["<script>alert(1)</script><p>a</p>"],
        ["<style>p { color: red }</style><p>a</p>"],
        ['<p onclick="alert(1)" onmouseover=alert(2)>a</p>'],
        ['<p><a href="javascript:alert(1)">a</a></p>'],
        ['<p><img src="https://example.org/a.png">a</p>'],
        ["<p><img src=x onerror=alert(1)>a</p>"],
        ['<iframe src="https://example.org"></iframe><p>a</p>'],
        ["<svg><script>alert(1)</script></svg><p>a</p>"],
        ['<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg><p>a</p>'],
        ["<math><mtext></mtext></math><p>a</p>"],
        ["<object data=x></object><embed src=x><p>a</p>"],
        ["<template><p>b</p></template><p>a</p>"],
        ['<form action="https://example.org"><button>b</button></form><p>a</p>'],
        ['<p style="background: url(https://example.org/a.png)">a</p>'],
        ['<meta http-equiv="refresh" content="0"><base href="//example.org"><p>a</p>'],
    ])("%s leaves nothing that acts or is fetched", (html) => {
        expect(shown(html)).toBe("<p>a</p>");
    });

    it("keeps links that are safe, and no attribute that is not ours", () => {
        expect(shown('<p><a href="https://example.org" onclick="x()" id="y">a</a></p>')).toBe(
            '<p><a href="https://example.org" rel="noopener noreferrer nofollow" target="_blank" title="https://example.org">a</a></p>',
        );
    });

    it.each([
        ['<p style="color: red">a <b style="font-weight:normal">b</b></p>', "<p>a <b data-plain>b</b></p>"],
        [
            "<!doctype html><html><body><!--StartFragment--><p>a</p><!--EndFragment--></body></html>",
            "<p>a</p>",
        ],
        ["<!--[if gte mso 9]><xml>x</xml><![endif]--><o:p>a</o:p>", "a"],
        ["a < b > c & d &lt;", "a &lt; b &gt; c & d &lt;"],
        ["<p title='a>b' =x / class=c>a</p>", "<p>a</p>"],
        ["<a href=https://example.org/a?b=c>a</a>", '<a href="https://example.org/a?b=c">a</a>'],
        ["<a href='x\"y<z'>a</a>", '<a href="x&quot;y&lt;z">a</a>'],
        ['<P STYLE="FONT-WEIGHT:BOLD">a</P>', "<p data-strong>a</p>"],
        ["<svg><svg></svg><p>a</p></svg><p>b</p>", "<p>b</p>"],
        ["<script>'<p>a</p>'</script><p>b</p>", "<p>b</p>"],
        ["<p>a</p><p title='", "<p>a</p>"],
        ["<p>a</p><script>", "<p>a</p>"],
        ["<p>a</p><!-- b", "<p>a</p>"],
        ["<p>a</p><", "<p>a</p>&lt;"],
        ["<input value=x><input type=checkbox checked>", '<input checked="">'],
    ])("%s is written anew before it is read: the page's policy forbids styles even then", (html, wanted) => {
        expect(rewriteHtml(html)).toBe(wanted);
    });

    it.each([
        '"><script>alert(1)</script>',
        "'><img src=x onerror=alert(1)>",
        "</p><script>alert(1)</script>",
        "<svg/onload=alert(1)>",
        "<svg><animate onbegin=alert(1) attributeName=x>",
        "<details open ontoggle=alert(1)>",
        "<a href='&#106;avascript:alert(1)'>x</a>",
        "<a href='java&#10;script:alert(1)'>x</a>",
        "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
        "<table background='javascript:alert(1)'><tr><td background='javascript:alert(1)'>x",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
        "<input onfocus=alert(1) autofocus>",
        "<div style='behavior:url(x);background:url(javascript:alert(1))'>x</div>",
        "<li data-task='x\" onclick=alert(1)'>x</li>",
    ])("%s breaks nothing", (hostile) => {
        const page = new DOMParser().parseFromString(shown(`<p>${hostile}</p>`), "text/html");
        for (const one of page.body.querySelectorAll("*")) {
            expect("script iframe object svg math style form input img".split(" ")).not.toContain(
                one.localName,
            );
            for (const { name, value } of one.attributes) {
                expect(`${name}=${value}`).not.toMatch(/^on|javascript:|^style|^background/i);
            }
        }
    });
});

describe("what somebody's own program wrote into the document", () => {
    const view = (node: Node): string => {
        const box = document.createElement("div");
        box.append(DOMSerializer.fromSchema(schema).serializeFragment(Fragment.from(node)));
        return box.innerHTML;
    };

    it("is shown without its address where that is not safe", () => {
        const link = schema.text("a", [schema.mark("link", { href: "javascript:alert(1)" })]);
        expect(view(schema.node("paragraph", null, link))).toBe("<p><span>a</span></p>");
        const far = schema.node("image", { src: "https://example.org/a.png", alt: "a cat" });
        expect(view(schema.node("paragraph", null, far))).toBe('<p><span class="no-image">a cat</span></p>');
    });

    it("has numbers where numbers are wanted", () => {
        expect(view(schema.node("heading", { level: '3" onclick="x' }))).toBe('<h5 class="h3"></h5>');
        expect(view(schema.nodes.ordered_list.create({ order: "x" }))).toBe("<ol></ol>");
    });

    it("is one slice when it is nothing", () => {
        expect(sliceOf("").eq(Slice.empty)).toBe(true);
    });
});
