// What comes by the clipboard or is dropped: cleaned before the schema reads it.

import { DOMParser as SchemaParser, type Slice } from "prosemirror-model";
import { schema } from "./schema.ts";
import { rewriteHtml } from "./tags.ts";

/** The HTML of another program as one that the schema reads rightly: nothing in it acts, and lists with boxes are tasks. */
export function cleanHtml(html: string): string {
    // In a document of its own, where nothing is run or fetched.
    const page = new DOMParser().parseFromString(rewriteHtml(html), "text/html");
    for (const box of page.querySelectorAll("input")) {
        const item = box.closest("li");
        item?.setAttribute("data-task", box.hasAttribute("checked") ? "done" : "open");
        item?.parentElement?.setAttribute("data-tasks", "");
        box.remove();
    }
    // A list of tasks has nothing but tasks.
    for (const item of page.querySelectorAll("ul[data-tasks] > li:not([data-task])")) {
        item.setAttribute("data-task", "open");
    }
    // Some office programs wrap everything they copy in one that is not bold.
    for (const bold of page.querySelectorAll("b[data-plain], strong[data-plain]")) {
        bold.replaceWith(...bold.childNodes);
    }
    return page.body.innerHTML;
}

/** For tests and for what is read without an editor. */
export function sliceOf(html: string): Slice {
    const page = new DOMParser().parseFromString(cleanHtml(html), "text/html");
    return SchemaParser.fromSchema(schema).parseSlice(page.body);
}
