// A task is a point with a box that can be ticked.

import type { Node } from "prosemirror-model";
import type { EditorView, NodeView } from "prosemirror-view";

/** `label` names the box for who does not see it. */
export class TaskView implements NodeView {
    readonly dom: HTMLElement;
    readonly contentDOM: HTMLElement;
    readonly #box: HTMLInputElement;
    #type: Node["type"];

    constructor(node: Node, view: EditorView, pos: () => number | undefined, label: () => string) {
        this.#type = node.type;
        this.dom = document.createElement("li");
        const holder = document.createElement("span");
        holder.contentEditable = "false";
        this.#box = document.createElement("input");
        this.#box.type = "checkbox";
        this.#box.setAttribute("aria-label", label());
        // By keys it is ticked from the text (Mod-Enter); the caret stays there.
        this.#box.tabIndex = -1;
        this.#box.addEventListener("mousedown", (event) => event.preventDefault());
        this.#box.addEventListener("click", (event) => {
            event.preventDefault();
            const at = pos();
            if (at === undefined || !view.editable) return;
            const here = view.state.doc.nodeAt(at);
            if (here === null) return;
            view.dispatch(view.state.tr.setNodeAttribute(at, "checked", here.attrs["checked"] !== true));
        });
        holder.append(this.#box);
        this.contentDOM = document.createElement("div");
        this.dom.append(holder, this.contentDOM);
        this.#show(node);
    }

    update(node: Node): boolean {
        if (node.type !== this.#type) return false;
        this.#show(node);
        return true;
    }

    ignoreMutation(mutation: { readonly target: globalThis.Node }): boolean {
        return !this.contentDOM.contains(mutation.target);
    }

    stopEvent(event: Event): boolean {
        return event.target === this.#box;
    }

    #show(node: Node): void {
        const done = node.attrs["checked"] === true;
        this.dom.dataset["task"] = done ? "done" : "open";
        // After the browser's own tick, which preventDefault takes back.
        queueMicrotask(() => (this.#box.checked = done));
        this.#box.checked = done;
    }
}
