// The nodes and marks of a pad, schema 1 (bindings/js/src/pad/types.ts): how they are shown and read.

import { Schema, type DOMOutputSpec, type MarkSpec, type Node, type NodeSpec } from "prosemirror-model";
import { ownImage, safeLink } from "./safe.ts";

export const headingLevels = [1, 2, 3] as const;

const whole = (value: unknown, least: number, most: number, otherwise: number): number => {
    const number = Number(value);
    return Number.isInteger(number) && number >= least && number <= most ? number : otherwise;
};

const cellAttributes: NonNullable<NodeSpec["attrs"]> = {
    colspan: { default: 1 },
    rowspan: { default: 1 },
};

function cell(tag: "td" | "th"): NodeSpec {
    return {
        content: "block+",
        attrs: cellAttributes,
        isolating: true,
        parseDOM: [
            {
                tag,
                getAttrs: (dom) => ({
                    colspan: whole(dom.getAttribute("colspan"), 1, 50, 1),
                    rowspan: whole(dom.getAttribute("rowspan"), 1, 500, 1),
                }),
            },
        ],
        toDOM: (node): DOMOutputSpec => {
            const attributes: { [name: string]: string } = {};
            if (node.attrs["colspan"] !== 1) attributes["colspan"] = String(node.attrs["colspan"]);
            if (node.attrs["rowspan"] !== 1) attributes["rowspan"] = String(node.attrs["rowspan"]);
            return [tag, attributes, 0];
        },
    };
}

const nodes = {
    doc: { content: "block+" },
    paragraph: {
        content: "inline*",
        group: "block",
        parseDOM: [{ tag: "p" }],
        toDOM: (): DOMOutputSpec => ["p", 0],
    },
    heading: {
        attrs: { level: { default: 1 } },
        content: "inline*",
        group: "block",
        defining: true,
        parseDOM: [
            { tag: "h1", attrs: { level: 1 } },
            { tag: "h2", attrs: { level: 2 } },
            { tag: "h3, h4, h5, h6", attrs: { level: 3 } },
        ],
        // The page has its own h1 and h2: what is written stands below them.
        toDOM: (node): DOMOutputSpec => [
            `h${whole(node.attrs["level"], 1, 3, 3) + 2}`,
            { class: `h${whole(node.attrs["level"], 1, 3, 3)}` },
            0,
        ],
    },
    blockquote: {
        content: "block+",
        group: "block",
        defining: true,
        parseDOM: [{ tag: "blockquote" }],
        toDOM: (): DOMOutputSpec => ["blockquote", 0],
    },
    code_block: {
        content: "text*",
        marks: "",
        group: "block",
        code: true,
        defining: true,
        attrs: { language: { default: null } },
        parseDOM: [{ tag: "pre", preserveWhitespace: "full" }],
        toDOM: (): DOMOutputSpec => ["pre", { spellcheck: "false" }, ["code", 0]],
    },
    horizontal_rule: {
        group: "block",
        parseDOM: [{ tag: "hr" }],
        toDOM: (): DOMOutputSpec => ["hr"],
    },
    // Before the plain list: what has boxes is one of tasks.
    task_list: {
        content: "task_item+",
        group: "block",
        parseDOM: [{ tag: "ul[data-tasks]", priority: 60 }],
        toDOM: (): DOMOutputSpec => ["ul", { "data-tasks": "" }, 0],
    },
    task_item: {
        attrs: { checked: { default: false } },
        content: "paragraph block*",
        defining: true,
        parseDOM: [
            {
                tag: "li[data-task]",
                priority: 60,
                getAttrs: (dom) => ({ checked: dom.getAttribute("data-task") === "done" }),
            },
        ],
        toDOM: (node): DOMOutputSpec => [
            "li",
            { "data-task": node.attrs["checked"] === true ? "done" : "open" },
            0,
        ],
    },
    bullet_list: {
        content: "list_item+",
        group: "block",
        parseDOM: [{ tag: "ul" }],
        toDOM: (): DOMOutputSpec => ["ul", 0],
    },
    ordered_list: {
        content: "list_item+",
        group: "block",
        attrs: { order: { default: 1 } },
        parseDOM: [
            { tag: "ol", getAttrs: (dom) => ({ order: whole(dom.getAttribute("start") ?? 1, 0, 1e6, 1) }) },
        ],
        toDOM: (node): DOMOutputSpec => {
            const start = whole(node.attrs["order"], 0, 1e6, 1);
            return start === 1 ? ["ol", 0] : ["ol", { start }, 0];
        },
    },
    list_item: {
        content: "paragraph block*",
        defining: true,
        parseDOM: [{ tag: "li" }],
        toDOM: (): DOMOutputSpec => ["li", 0],
    },
    table: {
        content: "table_row+",
        isolating: true,
        group: "block",
        parseDOM: [{ tag: "table" }],
        toDOM: (): DOMOutputSpec => ["table", ["tbody", 0]],
    },
    table_row: {
        content: "(table_cell | table_header)*",
        parseDOM: [{ tag: "tr" }],
        toDOM: (): DOMOutputSpec => ["tr", 0],
    },
    table_cell: cell("td"),
    table_header: cell("th"),
    image: {
        inline: true,
        group: "inline",
        draggable: true,
        attrs: { src: {}, alt: { default: "" } },
        parseDOM: [
            {
                tag: "img[src]",
                getAttrs: (dom) => {
                    const src = ownImage(dom.getAttribute("src"));
                    return src === null ? false : { src, alt: dom.getAttribute("alt") ?? "" };
                },
            },
        ],
        toDOM: (node): DOMOutputSpec => {
            const src = ownImage(node.attrs["src"]);
            const alt = String(node.attrs["alt"] ?? "");
            return src === null ? ["span", { class: "no-image" }, alt || "?"] : ["img", { src, alt }];
        },
    },
    hard_break: {
        inline: true,
        group: "inline",
        selectable: false,
        parseDOM: [{ tag: "br" }],
        toDOM: (): DOMOutputSpec => ["br"],
    },
    text: { group: "inline" },
} satisfies { readonly [name: string]: NodeSpec };

const marks = {
    link: {
        attrs: { href: {} },
        inclusive: false,
        parseDOM: [
            {
                tag: "a[href]",
                getAttrs: (dom) => {
                    const href = safeLink(dom.getAttribute("href"));
                    return href === null ? false : { href };
                },
            },
        ],
        toDOM: (mark): DOMOutputSpec => {
            const href = safeLink(mark.attrs["href"]);
            if (href === null) return ["span", 0];
            return ["a", { href, rel: "noopener noreferrer nofollow", target: "_blank", title: href }, 0];
        },
    },
    // Styles are attributes by then (tags.ts); an element that has one is read as what it is, too.
    em: {
        parseDOM: [{ tag: "i" }, { tag: "em" }, { tag: "[data-em]", consuming: false, priority: 60 }],
        toDOM: (): DOMOutputSpec => ["em", 0],
    },
    strong: {
        parseDOM: [{ tag: "b" }, { tag: "strong" }, { tag: "[data-strong]", consuming: false, priority: 60 }],
        toDOM: (): DOMOutputSpec => ["strong", 0],
    },
    underline: {
        parseDOM: [{ tag: "u" }, { tag: "[data-underline]", consuming: false, priority: 60 }],
        toDOM: (): DOMOutputSpec => ["u", 0],
    },
    strike: {
        parseDOM: [
            { tag: "s" },
            { tag: "del" },
            { tag: "strike" },
            { tag: "[data-strike]", consuming: false, priority: 60 },
        ],
        toDOM: (): DOMOutputSpec => ["s", 0],
    },
    code: {
        excludes: "code em strong underline strike",
        parseDOM: [{ tag: "code" }, { tag: "kbd" }, { tag: "samp" }],
        toDOM: (): DOMOutputSpec => ["code", { spellcheck: "false" }, 0],
    },
} satisfies { readonly [name: string]: MarkSpec };

export type NodeName = keyof typeof nodes;
export type MarkName = keyof typeof marks;

export const schema = new Schema<NodeName, MarkName>({ nodes, marks });

/** Something is in it: a word, a picture, a table. */
export function isEmpty(doc: Node): boolean {
    return doc.childCount === 1 && doc.firstChild?.isTextblock === true && doc.firstChild.content.size === 0;
}
