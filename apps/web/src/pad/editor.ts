// ProseMirror over one pad. It lives as long as the pad is open, whether it is on the screen or not, so that undo and
// caret outlast a panel that is closed.

import { imageBytesMost, type AuthorBook, type PadSession } from "@libconf/client/pad";
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Node } from "prosemirror-model";
import { EditorState, type Command, type Transaction } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { initProseMirrorDoc, yCursorPlugin, ySyncPlugin, yUndoPlugin, yUndoPluginKey } from "y-prosemirror";
import { authorMarks, refreshAuthors } from "./author_marks.ts";
import { caret, selection } from "./carets.ts";
import { insertImage, setLink } from "./commands.ts";
import { findPlugin } from "./find.ts";
import { keyPlugins, type Outside } from "./keys.ts";
import { cleanHtml } from "./paste.ts";
import { PictureView } from "./pictures.ts";
import { markdownRules } from "./rules.ts";
import { ownImage, safeLink } from "./safe.ts";
import { schema } from "./schema.ts";
import { sharedBlocks } from "./shared_blocks.ts";
import { placeholder } from "./placeholder.ts";
import { tableRules } from "./tables.ts";
import { TaskView } from "./tasks.ts";

/** The room's store of pictures. */
export interface Pictures {
    /** Asks for words in its place; null: it is not wanted after all. */
    readonly describe: (picture: File) => Promise<string | null>;
    /** @returns its path on this server. Null: who has no token brings none. */
    readonly put: ((picture: File) => Promise<string>) | null;
    /** What an element may fetch it by. */
    readonly address: (path: string) => Promise<string>;
}

export interface EditorWords {
    readonly label: () => string;
    readonly task: () => string;
    /** What stands where nothing is written yet. */
    readonly empty: () => string;
    /** Why a picture is not taken. */
    readonly tooLarge: (name: string, megabytes: number) => string;
}

export interface EditorOptions {
    readonly session: PadSession;
    readonly book: AuthorBook;
    readonly colors: ReadonlySignal<boolean>;
    readonly words: EditorWords;
    readonly outside: Outside;
    /** The id of what explains the keys. */
    readonly hint: string;
    readonly pictures: Pictures;
    /** A sentence, or what a request was refused with. */
    readonly failed: (why: unknown) => void;
}

/** What the server's store takes. */
export const pictureTypes: readonly string[] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

export class PadEditor {
    readonly view: EditorView;
    /** Grows with every change of text or selection. */
    readonly changes: ReadonlySignal<number>;
    readonly #changes = signal(0);
    readonly #options: EditorOptions;
    readonly #off: (() => void)[] = [];

    constructor(options: EditorOptions) {
        this.#options = options;
        this.changes = this.#changes;
        const { session, book, colors, words, hint, outside } = options;
        // An empty one has a paragraph to write in, which is not written into the document.
        const { doc, mapping } =
            session.root.length === 0
                ? { doc: schema.topNodeType.createAndFill()!, mapping: new Map() }
                : initProseMirrorDoc(session.root, schema);
        const state = EditorState.create({
            doc,
            plugins: [
                ySyncPlugin(session.root, { mapping }),
                yCursorPlugin(session.awareness, { cursorBuilder: caret, selectionBuilder: selection }),
                yUndoPlugin(),
                sharedBlocks(session.root),
                markdownRules(),
                ...keyPlugins({
                    link: () => this.#leave(outside.link),
                    find: () => this.#leave(outside.find),
                    toToolbar: () => this.#leave(outside.toToolbar),
                }),
                tableRules(),
                placeholder(words.empty),
                findPlugin(),
                authorMarks(session.root, book, () => colors.peek()),
            ],
        });
        const editable = (): boolean => session.writable.peek();
        // Before ySyncPlugin, which puts the selection back to what it was before somebody else's edit.
        const { doc: shared } = session.root;
        const read = (): void => this.#readSelection();
        shared?.on("beforeAllTransactions", read);
        this.#off.push(() => shared?.off("beforeAllTransactions", read));
        this.view = new EditorView(null, {
            state,
            editable,
            attributes: () => ({
                class: "pad-text",
                role: editable() ? "textbox" : "document",
                tabindex: "0",
                ...(editable() ? { "aria-multiline": "true", "aria-describedby": hint } : {}),
                "aria-label": words.label(),
            }),
            nodeViews: {
                task_item: (node, view, pos) => new TaskView(node, view, pos, words.task),
                image: (node) => new PictureView(node, options.pictures.address),
            },
            transformPastedHTML: cleanHtml,
            handlePaste: (view, event) => this.#paste(view, event),
            handleDrop: (_, event) => this.#takeFiles(event.dataTransfer),
            handleClick: (_, __, event) => follow(event),
            dispatchTransaction: (tr) => this.#take(tr),
        });
        this.#off.push(
            session.writable.subscribe(() => this.refresh()),
            colors.subscribe((shown) => refreshAuthors(this.view, session.root, book, shown)),
        );
    }

    dispose(): void {
        for (const off of this.#off) off();
        this.view.destroy();
    }

    /** Another language, or another right. */
    refresh(): void {
        this.view.setProps({});
        this.#changes.value += 1;
    }

    /** Whether it can be done here and now; whoever asks is asked to draw again when that may have changed. */
    can(command: Command): boolean {
        void this.#changes.value;
        return this.#options.session.writable.value && command(this.view.state);
    }

    /** Does it, and goes on with the text. */
    do(command: Command): void {
        if (this.view.editable) command(this.view.state, this.view.dispatch, this.view);
        this.view.focus();
    }

    get canUndo(): boolean {
        return this.#undo.undoStack.length > 0;
    }

    get canRedo(): boolean {
        return this.#undo.redoStack.length > 0;
    }

    /** All of it becomes that, as one edit that can be undone. */
    replaceAll(doc: Node): void {
        this.#undo.stopCapturing();
        const { tr } = this.view.state;
        this.view.dispatch(tr.replaceWith(0, tr.doc.content.size, doc.content));
        this.#undo.stopCapturing();
    }

    /** One after the other, since each asks for its words. */
    async insertPictures(files: readonly File[]): Promise<void> {
        const { pictures, failed, words } = this.#options;
        if (pictures.put === null) return;
        for (const file of files) {
            if (file.size > imageBytesMost) {
                failed(words.tooLarge(file.name, imageBytesMost / 1_000_000));
                continue;
            }
            try {
                const alt = await pictures.describe(file);
                if (alt === null) continue;
                const src = ownImage(await pictures.put(file));
                if (src === null) throw new Error(file.name);
                this.do(insertImage(src, alt));
            } catch (error) {
                failed(error);
            }
        }
    }

    #take(tr: Transaction): void {
        if (!tr.docChanged && !tr.selectionSet && !tr.storedMarksSet) {
            // Carets or colours, drawn anew: what is drawn is selected as the editor knows it.
            this.#readSelection();
            const { doc, selection } = this.view.state;
            if (doc !== tr.doc) return; // they are drawn again after each edit
            if (!selection.eq(tr.selection)) tr.setSelection(selection);
        }
        this.view.updateState(this.view.state.apply(tr));
        this.#changes.value += 1;
    }

    /** Out of the text; what is done there concerns what is selected now. */
    #leave(work: () => void): void {
        this.#readSelection();
        work();
    }

    /**
     * Browsers tell of a selection only when they are about to paint. Until then an edit of somebody else, or a caret
     * that is drawn, would put it back: an arrow key would have done nothing.
     */
    #readSelection(): void {
        // Not while the view is being made.
        (this.view as EditorView | undefined)?.dom.ownerDocument.dispatchEvent(new Event("selectionchange"));
    }

    get #undo() {
        return yUndoPluginKey.getState(this.view.state)!.undoManager;
    }

    #paste(view: EditorView, event: ClipboardEvent): boolean {
        if (this.#takeFiles(event.clipboardData)) return true;
        const text = event.clipboardData?.getData("text/plain").trim() ?? "";
        const { from, to, empty } = view.state.selection;
        // An address over words makes a link of them.
        if (empty || !/^(https?|mailto):/i.test(text) || safeLink(text) === null) return false;
        return setLink(text, view.state.doc.textBetween(from, to, " "))(view.state, view.dispatch);
    }

    #takeFiles(from: DataTransfer | null): boolean {
        const pictures = [...(from?.files ?? [])].filter((one) => pictureTypes.includes(one.type));
        const takes = this.#options.pictures.put !== null && this.view.editable;
        if (pictures.length === 0 || !takes) return false;
        void this.insertPictures(pictures);
        return true;
    }
}

/** In a text that is being written a link is followed with Ctrl or Cmd; elsewhere the browser does it. */
function follow(event: MouseEvent): boolean {
    const link = (event.target as Element | null)?.closest("a[href]");
    if (!(link instanceof HTMLAnchorElement) || !(event.ctrlKey || event.metaKey)) return false;
    const href = safeLink(link.getAttribute("href"));
    if (href !== null) window.open(href, "_blank", "noopener,noreferrer");
    return true;
}
