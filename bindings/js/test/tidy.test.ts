// What the SDK promises of its own text.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Emitter } from "../src/emitter.ts";

const root = fileURLToPath(new URL("../src", import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
/** Where the machine comes in. */
const machine = ["options.ts", join("session", "clock.ts"), join("session", "types.ts")];
const read = (name: string): string => readFileSync(join(root, name), "utf8");
const code = (name: string): string => read(name).replaceAll(/\/\*[^]*?\*\/|\/\/.*$/gm, "");

describe("every file", () => {
    it.each(files)("%s is short, narrow, and without a page", (name) => {
        const lines = read(name).split("\n");
        expect(lines.length).toBeLessThanOrEqual(600);
        expect(lines.filter((line) => line.length > 110)).toEqual([]);
        expect(code(name)).not.toMatch(/\b(window|HTML[A-Za-z]*Element|console)\b/);
        // The board has documents of its own, as names of fields.
        expect(code(name)).not.toMatch(/(?<![.\w"])document\s*[.[(]/);
    });

    it.each(files)("%s asks the machine for nothing that a test would want to give", (name) => {
        if (machine.includes(name)) return;
        expect(code(name)).not.toMatch(/Date\.now|Math\.random|(?<![.#\w])setTimeout|(?<![.#\w])setInterval/);
    });
});

describe("folders", () => {
    // Who may import whom; a folder may always import itself.
    const below: { readonly [folder: string]: readonly string[] } = {
        protocol: [],
        session: ["protocol"],
        quirks: ["media"],
        media: ["protocol", "session", "quirks", "model"],
        model: ["protocol", "session"],
        board: ["protocol", "session", "model"],
        pad: ["protocol", "session"],
    };
    it.each(Object.entries(below))("%s imports only what is below: %s", (folder, allowed) => {
        const imports = files
            .filter((name) => name.startsWith(folder))
            .flatMap((name) =>
                [...code(name).matchAll(/from "\.\.\/(\w+)\//g)].map(([, other]) => `${name}: ${other}`),
            );
        expect(imports.filter((one) => !allowed.includes(one.split(": ")[1] ?? ""))).toEqual([]);
    });
});

describe("the emitter", () => {
    it("tells everybody, in order, until they stop listening", () => {
        const events = new Emitter<{ word: string }>();
        const heard: string[] = [];
        const handler = (word: string) => void heard.push(word);
        const stop = events.on("word", handler);
        events.on("word", handler);
        events.emit("word", "a");
        stop();
        events.emit("word", "b");
        events.clear();
        events.emit("word", "c");
        expect(heard).toEqual(["a", "a", "b"]);
    });
});
