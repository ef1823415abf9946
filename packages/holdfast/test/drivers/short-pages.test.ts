import type { MemoryDriver } from "../../src/memory.ts";
import { DEFAULT_PAGE } from "../../src/storage/page.ts";
import { driverConformance } from "../../src/testing/conformance/suites.ts";
import { memoryContext } from "./memory-context.ts";
import { ALONE_IN_MEMORY, NO_ALARM, runConformance } from "./run-conformance.ts";

/** A driver whose pages are as short as may be: none of the rows with the image, and then one by one. */
function withShortPages(driver: MemoryDriver): MemoryDriver {
  return new Proxy(driver, {
    get(target, name) {
      if (name === "load") return load;
      if (name === "list") return list;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  async function load() {
    const image = await driver.load();
    if (image === null || image.entries.length === 0) return image;
    return { ...image, entries: [], complete: false };
  }
  function list(...[prefix, page = {}]: Parameters<MemoryDriver["list"]>) {
    return driver.list(prefix, { limit: 1, ...page });
  }
}

const slow = `100,000 rows one by one, where others have pages of ${DEFAULT_PAGE.rows}`;

runConformance("a driver of the shortest pages", {
  cases: driverConformance,
  context: memoryContext(withShortPages),
  deviations: {
    ...ALONE_IN_MEMORY,
    ...NO_ALARM,
    "pages-hundred-thousand": slow,
  },
});
