// The list of documents, and what events make of it.

import type { BoardDocument, Page } from "./types.ts";

type Body = { readonly [name: string]: unknown };

/** The list after that event; the same object where it is not about documents. */
export function reduceDocuments(
    all: readonly BoardDocument[],
    type: string,
    body: Body,
): readonly BoardDocument[] {
    const number = body["number"] as number;
    switch (type) {
        case "document.added": {
            const made = body["document"] as BoardDocument;
            return placed(
                all.filter((one) => one.number !== made.number),
                made,
                body["before"],
            );
        }
        case "document.changed":
            return all.map((one) => (one.number === number ? changed(one, body) : one));
        case "document.page": {
            const page = body["page"] as Page;
            return all.map((one) =>
                one.number === number ? { ...one, pages: withPage(one.pages, page) } : one,
            );
        }
        case "document.moved": {
            const moved = all.find((one) => one.number === number);
            if (moved === undefined) return all;
            return placed(
                all.filter((one) => one !== moved),
                moved,
                body["before"],
            );
        }
        case "document.removed":
            return all.filter((one) => one.number !== number);
        default:
            return all;
    }
}

function placed(
    others: readonly BoardDocument[],
    one: BoardDocument,
    before: unknown,
): readonly BoardDocument[] {
    const at = others.findIndex((other) => other.number === before);
    return at < 0 ? [...others, one] : [...others.slice(0, at), one, ...others.slice(at)];
}

function changed(one: BoardDocument, body: Body): BoardDocument {
    const { type: _, number: __, ...fields } = body;
    const made: { [name: string]: unknown } = { ...one, ...fields };
    // What belongs to a state ends with it.
    if (made["state"] !== "converting" && made["state"] !== "uploading") delete made["progress"];
    if (made["state"] !== "failed") delete made["error"];
    return made as unknown as BoardDocument;
}

function withPage(pages: readonly Page[], page: Page): readonly Page[] {
    return pages.some((one) => one.number === page.number)
        ? pages.map((one) => (one.number === page.number ? page : one))
        : [...pages, page];
}
