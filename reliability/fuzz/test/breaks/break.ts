import { registerHooks } from "node:module";
import { BREAKS } from "./breaks.ts";

/**
 * Preloaded into a process: the library is loaded with one safeguard taken out, named by `HOLDFAST_BREAK`. Nothing of it
 * is changed on the disk.
 */
const chosen = BREAKS[process.env.HOLDFAST_BREAK ?? ""];
if (chosen === undefined) throw new Error(`There is no break "${process.env.HOLDFAST_BREAK}".`);
const { file, safeguards, instead } = chosen;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(`/packages/holdfast/src/${file}`)) return loaded;
    let source = new TextDecoder().decode(loaded.source as Uint8Array);
    for (const safeguard of safeguards) {
      if (!source.includes(safeguard)) throw new Error(`${file} has no "${safeguard}" any more.`);
      source = source.replace(safeguard, instead);
    }
    return { ...loaded, source };
  },
});
