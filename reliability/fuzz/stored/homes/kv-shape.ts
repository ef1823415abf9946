import type { Image, Row, Shape } from "../image.ts";

/** The key-value pairs of one run. */
export const kvShape: Shape = {
  identity: { pairs: ["key"] },
  framed: {},
  names: [],
  unique: {},
  orphans: true,
  anyType: false,
};

export function kvImage(pairs: Iterable<readonly [Uint8Array, Uint8Array]>): Image {
  return { pairs: Array.from(pairs, ([key, value]): Row => ({ key, value })) };
}
