import { join } from "node:path";
import { build } from "rolldown";

const ROOT = join(import.meta.dirname, "..");

/** Where bundles are put. */
export const BUILD = join(ROOT, "build");

/** What is bundled, and what is left to the runtime. */
export interface Bundling {
  readonly external?: readonly RegExp[];
  readonly minify?: boolean;
}

/** Bundles an entry of `src` with everything that it imports; gives the bundle's path. */
export async function bundle(
  entry: string,
  { external = [], minify = false }: Bundling = {},
): Promise<string> {
  const name = entry.replaceAll("/", "-").replace(/\.ts$/, ".js");
  const file = join(BUILD, name);
  await build({
    input: join(ROOT, "src", entry),
    platform: "neutral",
    external: [...external],
    output: { file, format: "esm", codeSplitting: false, minify },
    logLevel: "warn",
    onLog: (level, log, handle) => handle(log.code === "UNRESOLVED_IMPORT" ? "error" : level, log),
  });
  return file;
}
