import { fileURLToPath } from "node:url";
import { resolve } from "../../../../apps/web/vite.config.ts";

const web = fileURLToPath(new URL("../../../../apps/web/node_modules/", import.meta.url));

// Built as the pages are; their packages are those of apps/web.
export default {
    root: fileURLToPath(new URL(".", import.meta.url)),
    resolve: {
        alias: {
            ...resolve.alias,
            "preact/hooks": `${web}preact/hooks`,
            "preact/jsx-runtime": `${web}preact/jsx-runtime`,
            "@preact/signals": `${web}@preact/signals`,
            preact: `${web}preact`,
        },
    },
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: { target: "es2022" },
};
