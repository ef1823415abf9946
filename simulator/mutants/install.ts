import { registerHooks } from "node:module";
import { all } from "./all.ts";

/**
 * Loaded with `node --import` before anything of the library: puts the mutant that the environment names (`HOLDFAST_MUTANT`) into
 * the source that Node loads.
 */
const mutant = all.find(({ id }) => id === process.env.HOLDFAST_MUTANT);
if (mutant === undefined) throw new RangeError(`There is no mutant "${process.env.HOLDFAST_MUTANT}".`);
const { file, find, replace } = mutant;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(`/packages/holdfast/src/${file}`)) return loaded;
    const source = String(loaded.source);
    if (source.split(find).length !== 2)
      throw new Error(`${file} does not hold the text to change exactly once.`);
    return { ...loaded, source: source.replace(find, () => replace) };
  },
});
