import { defineConfig } from "vitest/config";

// No test leaves anything behind, so files may share their worker: starting workers was most of the time.
export default defineConfig({
    test: {
        include: ["test/**/*.test.ts"],
        environment: "node",
        pool: "threads",
        isolate: false,
        unstubGlobals: true,
        testTimeout: 5000,
    },
});
