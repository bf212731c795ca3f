// A picture in the text: its path is in the document, the address that shows it is made with the token of now.

import type { Node } from "prosemirror-model";
import type { NodeView } from "prosemirror-view";
import { ownImage } from "./safe.ts";

export class PictureView implements NodeView {
    readonly dom: HTMLElement;
    readonly #image = document.createElement("img");
    readonly #address: (path: string) => Promise<string>;
    #node: Node;
    #path: string | null = null;
    #triedAgain = false;

    constructor(node: Node, address: (path: string) => Promise<string>) {
        this.#node = node;
        this.#address = address;
        this.dom = document.createElement("span");
        this.dom.className = "picture";
        this.#image.addEventListener("error", () => {
            // The token may be over; and what another server shows instead is nobody's business here.
            if (this.#path === null || this.#triedAgain) return this.#showWords();
            this.#triedAgain = true;
            void this.#fetch(this.#path);
        });
        this.#show();
    }

    update(node: Node): boolean {
        if (node.type !== this.#node.type) return false;
        this.#node = node;
        this.#show();
        return true;
    }

    ignoreMutation(): boolean {
        return true;
    }

    get #words(): string {
        return String(this.#node.attrs["alt"] ?? "");
    }

    #show(): void {
        const path = ownImage(this.#node.attrs["src"]);
        this.#image.alt = this.#words;
        if (path === null) return this.#showWords();
        if (path === this.#path) return;
        this.#path = path;
        this.#triedAgain = false;
        this.dom.replaceChildren(this.#image);
        void this.#fetch(path);
    }

    async #fetch(path: string): Promise<void> {
        const address = await this.#address(path).catch(() => null);
        if (path !== this.#path) return;
        if (address === null) this.#showWords();
        else this.#image.src = address;
    }

    #showWords(): void {
        this.#path = null;
        const words = document.createElement("span");
        words.className = "no-image";
        words.textContent = this.#words || "?";
        this.dom.replaceChildren(words);
    }
}
