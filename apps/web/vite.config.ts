import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export const resolve = {
    alias: {
        "@libconf/client": here("../../bindings/js/src/index.ts"),
        // The SDK's own copy would be another library: a signal of one is none to the other.
        "@preact/signals-core": here("node_modules/@preact/signals-core"),
    },
};

// Everything is served from inside conf-server: hashed names may be kept by browsers for ever, nothing is inline.
export default defineConfig({
    base: "/",
    resolve,
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
                    const words = /\/i18n\/(\w+)\/(\w+)\.json$/.exec(chunk.facadeModuleId ?? "");
                    return words === null
                        ? "assets/[name]-[hash].js"
                        : `assets/words-${words[1]}-${words[2]}-[hash].js`;
                },
            },
        },
    },
});
