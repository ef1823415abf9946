import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = fileURLToPath(new URL("./packages/holdfast/src/", import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^holdfast$/, replacement: `${source}index.ts` },
      { find: /^holdfast\/(memory|sqlite|cloudflare|testing|embedding)$/, replacement: `${source}$1.ts` },
    ],
  },
  test: {
    include: [
      "packages/*/test/**/*.test.ts",
      "examples/*/test/**/*.test.ts",
      "simulator/test/**/*.test.ts",
      "reliability/*/test/**/*.test.ts",
      "bench/test/**/*.test.ts",
      "runtime-tests/test/**/*.test.ts",
    ],
    environment: "node",
    // Nothing is asserted of times; this only ends what hangs, on slow machines too.
    testTimeout: 60_000,
    pool: "threads",
    // Test files share a worker: nothing here keeps state in a module, and a fresh worker each costs 0.2 s.
    isolate: false,
    restoreMocks: true,
    unstubGlobals: true,
    unstubEnvs: true,
  },
});
