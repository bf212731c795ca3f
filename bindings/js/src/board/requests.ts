// What people ask of the board by a gesture: one request each.

import type { ReadonlySignal } from "@preact/signals-core";
import type { PersonId } from "../protocol/types.ts";
import type { DrawMode, ExportFormat, PageRef } from "./types.ts";

/** An answer may take as long as an export does. */
const exportTimeoutMs = 300_000;

export type Answered = { readonly [name: string]: unknown };

/** Each rejects with `RequestError`. */
export abstract class BoardRequests {
    /** The page that we look at: undo and clear are about it. */
    abstract readonly at: ReadonlySignal<PageRef | null>;

    protected abstract ask(type: string, fields: object, timeoutMs?: number): Promise<Answered>;

    undo(): Promise<number> {
        return this.#history("board.undo");
    }

    redo(): Promise<number> {
        return this.#history("board.redo");
    }

    setStage(at: PageRef): Promise<unknown> {
        return this.ask("board.stage", { document: at.document, page: at.page });
    }

    setMode(mode: DrawMode): Promise<unknown> {
        return this.ask("board.rules", { mode });
    }

    setCursors(cursors: boolean): Promise<unknown> {
        return this.ask("board.rules", { cursors });
    }

    setWriter(participant: PersonId, on: boolean): Promise<unknown> {
        return this.ask("board.writer", { participant, on });
    }

    lockPage(at: PageRef, on: boolean): Promise<unknown> {
        return this.ask("board.lock", { ...at, on });
    }

    async clear(what: "own" | "page" | "all" | { readonly user: PersonId }): Promise<number> {
        const at = this.at.peek();
        if (at === null) return 0;
        const fields = typeof what === "string" ? { what } : { what: "user", participant: what.user };
        const { removed } = await this.ask("board.clear", { ...at, ...fields });
        return removed as number;
    }

    async importExcalidraw(text: string): Promise<{ readonly made: number; readonly leftOut: number }> {
        const answer = await this.ask("board.import", { ...this.at.peek(), excalidraw: text });
        return { made: answer["made"] as number, leftOut: answer["left_out"] as number };
    }

    async addPage(document: number, before?: number): Promise<PageRef> {
        const fields = before === undefined ? {} : { before };
        const { page } = await this.ask("page.add", { document, ...fields });
        return { document, page: page as number };
    }

    removePage(at: PageRef): Promise<unknown> {
        return this.ask("page.remove", { ...at });
    }

    movePage(at: PageRef, before: number | null): Promise<unknown> {
        return this.ask("page.move", { ...at, ...(before === null ? {} : { before }) });
    }

    async addDocument(kind: "blank" | "infinite", title?: string): Promise<number> {
        const { document } = await this.ask("document.add", {
            kind,
            ...(title === undefined ? {} : { title }),
        });
        return document as number;
    }

    /** Resolves to where its bytes are to be PUT. */
    async upload(name: string, bytes: number): Promise<{ readonly document: number; readonly url: string }> {
        const answer = await this.ask("document.upload", { name, bytes });
        return { document: answer["document"] as number, url: answer["url"] as string };
    }

    cancelDocument(document: number): Promise<unknown> {
        return this.ask("document.cancel", { document });
    }

    setDocumentTitle(document: number, title: string): Promise<unknown> {
        return this.ask("document.title", { document, title });
    }

    setDownloadable(document: number, on: boolean): Promise<unknown> {
        return this.ask("document.downloadable", { document, on });
    }

    moveDocument(document: number, before: number | null): Promise<unknown> {
        return this.ask("document.move", { document, ...(before === null ? {} : { before }) });
    }

    removeDocument(document: number): Promise<unknown> {
        return this.ask("document.remove", { document });
    }

    /** Resolves to the path of the file. */
    async export(
        document: number,
        format: ExportFormat,
        how: { readonly page?: number; readonly annotations?: boolean; readonly own?: boolean } = {},
    ): Promise<string> {
        const fields = { document, format, ...how };
        const { url } = await this.ask("document.export", fields, exportTimeoutMs);
        return url as string;
    }

    async #history(type: "board.undo" | "board.redo"): Promise<number> {
        const at = this.at.peek();
        if (at === null) return 0;
        const { changed } = await this.ask(type, { ...at });
        return changed as number;
    }
}
