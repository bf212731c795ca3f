// What comes by the clipboard or is dropped: cleaned before the schema reads it.

import { DOMParser as SchemaParser, type Slice } from "prosemirror-model";
import { schema } from "./schema.ts";

/** Not a word of these is text. */
const nothing =
    "script, style, meta, link, title, noscript, template, iframe, object, embed, svg, math, form, button, input:not([type=checkbox]), textarea, select, video, audio, canvas, head, base";

/**
 * The HTML of another program as one that the schema reads rightly: what could act is gone, and lists with boxes
 * are lists of tasks. It is parsed in a document of its own, where nothing is run or fetched.
 */
export function cleanHtml(html: string): string {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const one of page.querySelectorAll(nothing)) one.remove();
    for (const box of page.querySelectorAll<HTMLInputElement>("li input[type=checkbox]")) {
        const item = box.closest("li")!;
        item.setAttribute("data-task", box.hasAttribute("checked") ? "done" : "open");
        item.parentElement?.setAttribute("data-tasks", "");
        box.remove();
    }
    for (const one of page.querySelectorAll("*")) {
        for (const { name } of [...one.attributes]) {
            if (!kept.has(name)) one.removeAttribute(name);
        }
        keepStyle(one);
    }
    // A list of tasks has nothing but tasks.
    for (const item of page.querySelectorAll("ul[data-tasks] > li:not([data-task])")) {
        item.setAttribute("data-task", "open");
    }
    return page.body.innerHTML;
}

const kept = new Set([
    "href",
    "src",
    "alt",
    "start",
    "colspan",
    "rowspan",
    "data-tasks",
    "data-task",
    "data-pm-slice",
    "style",
]);

/** Programs that copy bold letters as a style say what they mean; everything else of a style goes. */
function keepStyle(one: Element): void {
    const style = one.getAttribute("style");
    if (style === null) return;
    const means = style
        .split(";")
        .map((each) => each.trim().toLowerCase())
        .filter((each) =>
            /^(font-weight:\s*(normal|bold|bolder|[1-9]00)|font-style:\s*italic|text-decoration:\s*(underline|line-through))$/.test(
                each,
            ),
        );
    one.removeAttribute("style");
    // Only rows may stand in a table, and only points in a list.
    if (one.matches("table, thead, tbody, tfoot, tr, ul, ol")) return;
    // As elements: the page's policy has no inline style, not even here.
    for (const meaning of means) {
        const tag = meaning.startsWith("font-weight")
            ? /(bold|bolder|[6-9]00)$/.test(meaning)
                ? "strong"
                : null
            : meaning.startsWith("font-style")
              ? "em"
              : meaning.endsWith("underline")
                ? "u"
                : "s";
        if (tag === null) {
            unwrapBold(one);
            continue;
        }
        const around = one.ownerDocument.createElement(tag);
        around.append(...one.childNodes);
        one.append(around);
    }
}

/** `<b style="font-weight: normal">` around everything is no bold. */
function unwrapBold(one: Element): void {
    if (one.localName === "b" || one.localName === "strong") one.replaceWith(...one.childNodes);
}

/** For tests and for what is read without an editor. */
export function sliceOf(html: string): Slice {
    const page = new DOMParser().parseFromString(cleanHtml(html), "text/html");
    return SchemaParser.fromSchema(schema).parseSlice(page.body);
}
