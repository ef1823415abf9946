import { defineConfig } from "tsdown";

export default defineConfig({
  entry: ["src/index.ts", "src/memory.ts", "src/sqlite.ts", "src/cloudflare.ts", "src/testing.ts"],
  format: "esm",
  platform: "neutral",
  target: "es2023",
  fixedExtension: false,
  // Chunk names keep their hash: without it a shared declaration chunk can take the name of a door.
  hash: true,
  dts: { sourcemap: false },
  sourcemap: true,
  deps: { neverBundle: [/^node:/] },
  logLevel: "warn",
});
