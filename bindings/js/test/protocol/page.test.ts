// The page that describes the protocol, and what is written here: neither may know of a message that the
// other does not.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { eventChecks } from "../../src/protocol/checks.ts";

const page = readFileSync(new URL("../../../../libconf/signalling/PROTOCOL.md", import.meta.url), "utf8");
const messages = readFileSync(new URL("../../src/protocol/messages.ts", import.meta.url), "utf8");
const errors = readFileSync(new URL("../../src/protocol/errors.ts", import.meta.url), "utf8");

function chapter(number: number): string {
    const found = new RegExp(`^## ${number}\\. [^]*?(?=^## |(?![^]))`, "m").exec(page)?.[0];
    if (found === undefined) throw new Error(`no chapter ${number}`);
    return found;
}

/** What stands in the first column of a chapter's tables. */
function firstColumn(text: string): string[] {
    const cells = [...text.matchAll(/^\| (`[^|]*?) \|/gm)].map(([, cell]) => cell ?? "");
    return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ""));
}

describe("the protocol's page", () => {
    it("has the events that we know", () => {
        const named = firstColumn(chapter(5));
        const elsewhere = ["door", "welcome", "waiting.message"];
        expect(new Set([...named, ...elsewhere])).toEqual(new Set(Object.keys(eventChecks)));
    });

    it("has requests that we know all of", () => {
        const known = new Set([...messages.matchAll(/^ {4}"?([a-z.]+)"?: Shape</gm)].map(([, name]) => name));
        const elsewhere = [
            ...`${chapter(2)}${chapter(6)}${chapter(7)}`.matchAll(/-> \{"type": "([a-z.]+)"/g),
        ];
        const named = [
            ...firstColumn(chapter(3)),
            ...firstColumn(chapter(4)),
            ...elsewhere.map(([, name]) => name),
        ];
        expect(named.filter((name) => !known.has(name))).toEqual([]);
        expect(new Set([...named, "receive.restart", "receive.reset"])).toEqual(known);
    });

    it("has error codes that we know all of", () => {
        const codes = firstColumn(/### Error codes[^]*?(?=### )/.exec(page)?.[0] ?? "");
        expect(codes.length).toBeGreaterThan(15);
        expect(codes.filter((code) => !errors.includes(`"${code}"`))).toEqual([]);
    });
});
