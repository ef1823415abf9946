import { fileURLToPath } from "node:url";
import { defineConfig } from "tsdown";

const holdfast = fileURLToPath(new URL("../holdfast/src/", import.meta.url));

export default defineConfig({
  entry: ["src/index.ts", "src/testing.ts"],
  format: "esm",
  platform: "neutral",
  target: "es2023",
  fixedExtension: false,
  hash: true,
  // File by file: the compiler would write declarations of the bundled engine beside its sources.
  dts: { sourcemap: false, generator: "oxc", oxc: { stripInternal: true } },
  sourcemap: true,
  // The engine comes with the package: its inner door is not published.
  alias: { "holdfast/embedding": `${holdfast}embedding.ts`, holdfast: `${holdfast}index.ts` },
  deps: { neverBundle: [/^node:/] },
  logLevel: "warn",
});
