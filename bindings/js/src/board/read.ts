// What the server's answer to `board.open` must have, so that a page does not fail later and elsewhere.

import { RequestError } from "../protocol/errors.ts";
import { fields, flag, list, maybe, number, oneOf, text } from "../protocol/shape.ts";
import type { Author, BoardDocument, Rules, Stage } from "./types.ts";

export interface Opened {
    readonly stage: Stage;
    readonly rules: Rules;
    readonly documents: readonly BoardDocument[];
    readonly authors: readonly Author[];
    readonly you: number;
    readonly last: number;
    /** For paths; absent where they need none. */
    readonly token?: string;
}

const page = fields({ number, width: number, height: number, locked: flag, ready: flag });
const document = fields({
    number,
    kind: oneOf("file", "blank", "infinite"),
    title: text,
    downloadable: flag,
    state: oneOf("uploading", "converting", "ready", "failed"),
    pages: list(page),
});
const opened = fields({
    stage: fields({ document: maybe(number), page: maybe(number), leader: maybe(text) }),
    rules: fields({ mode: oneOf("presenter", "writers", "everybody"), writers: list(text), cursors: flag }),
    documents: list(document),
    authors: list(fields({ number, id: text, name: text })),
    you: number,
    last: number,
    token: maybe(text),
});

export function readOpened(answer: unknown): Opened {
    if (!opened(answer))
        throw new RequestError("bad_message", "the server's answer to board.open cannot be used");
    return answer as Opened;
}
