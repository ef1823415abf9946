import type { Shape } from "../image.ts";

/** The pairs of many runs, each in a namespace of its own. */
export const kvShape: Shape = {
  identity: { pairs: ["run", "key"] },
  framed: { pairs: "value" },
  names: ["run"],
  unique: {},
  orphans: true,
  anyType: false,
};
