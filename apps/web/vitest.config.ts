import { defineConfig } from "vitest/config";
import { resolve } from "./vite.config.ts";

export default defineConfig({
    resolve,
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    test: { include: ["test/**/*.test.{ts,tsx}"], environment: "happy-dom", unstubGlobals: true },
});
