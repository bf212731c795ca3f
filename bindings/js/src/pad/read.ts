// Answers of the routes, checked: what a page shows has the type that it is said to have.

import { RequestError } from "../protocol/errors.ts";
import { isRoomName } from "../session/address.ts";
import { hueFrom } from "./hues.ts";
import type { Author, Pad, Version } from "./types.ts";

export interface VersionPage {
    /** Newest first. */
    readonly versions: readonly Version[];
    readonly more: boolean;
}

type Fields = { readonly [name: string]: unknown };

function fail(what: string): never {
    throw new RequestError("refused", `the server's answer has no ${what}`);
}

function fields(value: unknown, what: string): Fields {
    return typeof value === "object" && value !== null ? (value as Fields) : fail(what);
}

function list<T>(value: unknown, what: string, read: (one: unknown) => T): readonly T[] {
    return Array.isArray(value) ? value.map(read) : fail(what);
}

function text(value: unknown, what: string): string {
    return typeof value === "string" ? value : fail(what);
}

function count(value: unknown): number {
    return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

export function readPad(value: unknown): Pad {
    const of = fields(value, "pad");
    const name = text(of["name"], "name");
    if (!isRoomName(name)) fail("good name");
    return {
        name,
        title: text(of["title"], "title"),
        changed: count(of["changed"]),
        people: count(of["people"]),
        writable: of["writable"] !== false,
    };
}

export function readPads(value: unknown): readonly Pad[] {
    return list(fields(value, "pads")["pads"], "pads", readPad);
}

export function readAuthors(value: unknown): readonly Author[] {
    return list(fields(value, "authors")["authors"], "authors", (one) => {
        const of = fields(one, "author");
        const id = text(of["id"], "author's id");
        return {
            id,
            name: text(of["name"], "author's name"),
            hue: hueFrom(of["hue"], id),
            clients: list(of["clients"], "author's clients", count),
        };
    });
}

export function readVersions(value: unknown): VersionPage {
    const of = fields(value, "history");
    return {
        versions: list(of["versions"], "versions", (one) => {
            const version = fields(one, "version");
            return {
                version: count(version["version"]),
                at: count(version["at"]),
                authors: list(version["authors"], "authors of a version", (each) => text(each, "author")),
            };
        }),
        more: of["more"] === true,
    };
}

/** The number of the document that a pad became. */
export function readSlides(value: unknown): number {
    const number = fields(value, "document")["document"];
    return Number.isSafeInteger(number) ? (number as number) : fail("document");
}

/** The id of a picture. */
export function readImage(value: unknown): string {
    const id = text(fields(value, "picture")["asset"], "picture");
    return isRoomName(id) ? id : fail("picture");
}
