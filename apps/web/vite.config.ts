import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export const resolve = {
    alias: {
        "@libconf/client/board": here("../../bindings/js/src/board/index.ts"),
        "@libconf/client/pad": here("../../bindings/js/src/pad/index.ts"),
        "@libconf/client": here("../../bindings/js/src/index.ts"),
        // The SDK's own copy would be another library: a signal of one is none to the other.
        "@preact/signals-core": here("node_modules/@preact/signals-core"),
    },
    // So would its Yjs be another one: a document of one is none to the other.
    dedupe: ["yjs", "y-protocols", "y-websocket", "lib0"],
};

/** `/third-party.txt`: whose code is in the pages, and under which licence, as most licences ask for. */
const notices = (): Plugin => ({
    name: "notices",
    apply: "build",
    generateBundle(_, bundle) {
        const { dependencies } = JSON.parse(readFileSync(here("package.json"), "utf8"));
        // What they bring with them is named, too, where it is in the pages.
        const brought = Object.values(bundle)
            .flatMap((one) => (one.type === "chunk" ? one.moduleIds : []))
            .flatMap((id) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? []);
        const source = [...new Set([...Object.keys(dependencies), ...brought])].sort().map((name) => {
            const folder = here(`node_modules/${name}`);
            const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
            const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
            const text = file === undefined ? "" : readFileSync(`${folder}/${file}`, "utf8");
            return `${name} ${version} (${license ?? "licence below"})\n\n${text}`;
        });
        this.emitFile({ type: "asset", fileName: "third-party.txt", source: source.join("\n\n") });
    },
});

// What is fetched only when an effect is switched on or the notes are opened lies apart: it is no part of what a page
// costs (scripts/bytes.mjs).
const effects = "assets/effects/[name]-[hash]";
// So does the board, which comes when somebody opens it.
const board = "assets/board/[name]-[hash]";
const isBoard = (id: string): boolean => /\/src\/board\/|styles\/board\.css/.test(id);
const pad = "assets/pad/[name]-[hash]";
/** The notes and all that only they are made of. */
const padParts = /\/src\/pad\/|\/(lib0|yjs|y-\w+|prosemirror-[\w-]+)\//;

// Everything is served from inside conf-server: hashed names may be kept by browsers for ever, nothing is inline.
export default defineConfig({
    base: "/",
    resolve,
    plugins: [notices()],
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: {
        target: "es2022",
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        reportCompressedSize: false,
        rollupOptions: {
            output: {
                // The words of a language say which: what a page costs is counted by name (scripts/bytes.mjs).
                chunkFileNames: (chunk) => {
                    if (chunk.moduleIds.some((id) => id.includes("/src/effects/"))) return `${effects}.js`;
                    if (chunk.moduleIds.some(isBoard)) return `${board}.js`;
                    if ([chunk.facadeModuleId ?? "", ...chunk.moduleIds].some((id) => padParts.test(id)))
                        return `${pad}.js`;
                    const words = /\/i18n\/(\w+)\/(\w+)\.json$/.exec(chunk.facadeModuleId ?? "");
                    return words === null
                        ? "assets/[name]-[hash].js"
                        : `assets/words-${words[1]}-${words[2]}-[hash].js`;
                },
                assetFileNames: (asset) =>
                    asset.originalFileNames.some((name) => name.includes("node_modules/"))
                        ? `${effects}[extname]`
                        : asset.names.includes("board.css")
                          ? `${board}[extname]`
                          : asset.names.includes("pad.css")
                            ? `${pad}[extname]`
                            : "assets/[name]-[hash][extname]",
            },
        },
    },
    worker: { rollupOptions: { output: { entryFileNames: `${effects}.js` } } },
});
