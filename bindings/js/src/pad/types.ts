// The pads of a room as a client sees them: what the server's routes and its socket say. This is the
// contract between client and server; PROTOCOL.md has none of it.
//
// The text itself is a Yjs document (yjs 13, update format v1), its root an XML fragment named `rootName`;
// who edits it speaks y-websocket's protocol at `/pad/{room}/{name}?token=...`. Everything else is JSON
// over HTTP below `/api/v1/rooms/{room}/pads`, with `Authorization: Bearer TOKEN`; in open rooms no token
// is needed.
//
// The token is what `Client.padToken` gives to who is in the meeting.
//
// A refusal has a status (401 no good token, 403 not your right, 404 no such room or pad, 413 over a limit,
// 429 too fast) and the body `{"error": {"code": string, "message": string}}`.

/** Its root in the Yjs document, for ProseMirror's binding: `doc.getXmlFragment(rootName)`. */
export const rootName = "prosemirror";

/**
 * The map `metaName` of the Yjs document says under `schema` by which list of nodes it was written; absent:
 * 1. Bindings delete what they do not know, so whoever knows only older lists may read and must not write.
 */
export const metaName = "meta";
export const schemaVersion = 1;

/**
 * Nodes and marks of schema 1, as elements and formats of the Yjs document, with their attributes.
 *
 * Nodes: `paragraph`, `heading` {level: 1 to 3}, `blockquote`, `code_block` {language?}, `horizontal_rule`,
 * `bullet_list`, `ordered_list` {order}, `list_item`, `task_list`, `task_item` {checked}, `table`,
 * `table_row`, `table_header` and `table_cell` {colspan, rowspan}, `image` {src, alt}, `hard_break`. Marks:
 * `strong`, `em`, `underline`, `strike`, `code`, `link` {href}.
 *
 * Links have the schemes http, https, mailto and tel; an image's `src` is a path of this server. Readers
 * show the text alone of what is otherwise.
 */
export type SchemaVersion = typeof schemaVersion;

/** `GET .../pads` answers `{"pads": [PAD, ...]}`, the oldest first; a room that is used has one at least. */
export interface Pad {
    /** In addresses: 1 to 64 of `A-Z a-z 0-9 - _ .`; never changes. */
    readonly name: string;
    /** For people: 1 to 256 bytes. */
    readonly title: string;
    /** When it was last written in, ms since 1970; 0: never. */
    readonly changed: number;
    /** How many have it open. */
    readonly people: number;
    /** Whether the bearer of this token may write in it now. */
    readonly writable: boolean;
}

/** `GET .../pads/{name}/authors` answers `{"authors": [AUTHOR, ...]}`: everybody who ever wrote in it. */
export interface Author {
    readonly id: string;
    readonly name: string;
    /** 0 to 11, given by the server so that authors of a pad differ as long as there are hues. */
    readonly hue: number;
    /** The client ids of the Yjs document that are his. */
    readonly clients: readonly number[];
}

/**
 * `GET .../pads/{name}/history?before=&limit=` answers `{"versions": [VERSION, ...], "more": bool}`, the
 * newest first: of those before the version `before`, at most `limit` (1 to 500, default 200). A version
 * ends where nobody wrote for a while, or where somebody else began.
 */
export interface Version {
    /** Grows with time; not without gaps. */
    readonly version: number;
    /** When its last edit came, ms since 1970. */
    readonly at: number;
    /** Ids of those who wrote since the version before. */
    readonly authors: readonly string[];
}

/**
 * `GET .../pads/{name}/history/{version}` answers `application/octet-stream`: one update, format v1, that
 * makes the document as it was then out of an empty one.
 */
export type VersionBytes = Uint8Array<ArrayBuffer>;

/**
 * `GET .../pads/{name}/export?format=`, also with `&token=`: a download. `pdf` and `docx` take LibreOffice on
 * the server: without it the answer is 501. `POST .../pads/{name}/slides` makes a document of the room's
 * board of it: `{"document": number}`.
 *
 * A picture is sent as the body of `POST /api/v1/rooms/{room}/assets`, which answers `{"asset": id}`; what
 * stands in the text is the path `/api/v1/rooms/{room}/assets/{id}`, to be fetched with `?token=`.
 */
export type ExportFormat = "txt" | "md" | "html" | "pdf" | "docx";
export const exportFormats: readonly ExportFormat[] = ["txt", "md", "html", "pdf", "docx"];

/**
 * How the socket says no. The server accepts the handshake first, since browsers do not tell a page why one
 * failed, and closes with one of these; y-websocket does not come back after a code of 4400 to 4499.
 */
export const closeCodes = {
    /** The token is missing, changed or over: ask for another one and come back. */
    badToken: 4401,
    /** Not this person, or not any more. */
    forbidden: 4403,
    /** No such room or pad. */
    unknown: 4404,
    /** What was written did not fit any more, or was no update at all. */
    refused: 4413,
} as const;

/**
 * What the channel 2 of y-websocket carries: `varUint(2) varUint(kind) varString(reason)`. `denied` is
 * y-websocket's own and means from now on: you may read. `granted` is ours, and stock clients ignore it:
 * you may write again. Who may not write is told so directly after the handshake. `refused`, ours too: one
 * message was not taken, nothing of it; its reason begins with a word for programs and a colon.
 */
export const authKinds = { denied: 0, granted: 1, refused: 2 } as const;

/** In awareness, under `user`. The server puts the name and the hue that it knows in the place of these. */
export interface PadUser {
    readonly name: string;
    /** 0 to 11. */
    readonly hue: number;
    /** `#rrggbb`, for stock clients: the hue's colour. */
    readonly color: string;
}
