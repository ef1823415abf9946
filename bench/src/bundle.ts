import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** Kilobytes (of 1,000) of a module with all it imports, for a browser: minified and gzipped. */
export async function bundleKilobytes(source: string): Promise<number> {
  const { build } = await import("rolldown");
  // Beside the sources, so that packages are found as they are found from here.
  const folder = mkdtempSync(join(import.meta.dirname, "../.bundle-"));
  try {
    const entry = join(folder, "entry.js");
    writeFileSync(entry, source);
    const { output } = await build({
      input: entry,
      platform: "browser",
      write: false,
      logLevel: "silent",
      output: { format: "esm", minify: true },
    });
    const [chunk] = output;
    return gzipSync(chunk.code, { level: 9 }).byteLength / 1_000;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
