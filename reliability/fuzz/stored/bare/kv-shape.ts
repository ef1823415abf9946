import { RUN_KEY } from "#holdfast/drivers/kv/kv-keys.ts";
import { compareBytes } from "#holdfast/storage/byte-order.ts";
import type { Shape } from "../image.ts";

/** The pairs of many runs, each in a namespace of its own. */
export const kvShape: Shape = {
  identity: { pairs: ["run", "key"] },
  framed: { pairs: "value" },
  names: ["run"],
  unique: {},
  orphans: true,
  anyType: false,
  isRun: (_, { key }) => key instanceof Uint8Array && compareBytes(key, RUN_KEY) === 0,
};
