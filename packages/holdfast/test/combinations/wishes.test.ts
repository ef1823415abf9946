import { describe, expect, it } from "vitest";
import { Control, type Wish } from "../../src/engine/pass/control.ts";
import { Wakeup } from "../../src/engine/replay/wakeup.ts";
import { systemWorld } from "../../src/system/system-world.ts";

function control(...asked: Wish[]): Control {
  const made = new Control(new Wakeup(), systemWorld.clock);
  for (const wish of asked) made.ask(wish);
  return made;
}

describe("a pass of which several things are wanted", () => {
  it.each<{ asked: Wish[]; first: Wish; left: Wish }>([
    { asked: ["cancel"], first: "cancel", left: "none" },
    { asked: ["pause", "cancel"], first: "cancel", left: "none" },
    { asked: ["evict", "cancel"], first: "cancel", left: "evict" },
    { asked: ["cancel", "evict"], first: "cancel", left: "evict" },
    { asked: ["cancel", "drain"], first: "cancel", left: "drain" },
    { asked: ["drain", "evict", "drain"], first: "evict", left: "evict" },
  ])("is asked for $asked: $first comes first, and $left when that is done", ({ asked, first, left }) => {
    const asks = control(...asked);
    expect(asks.wish).toBe(first);
    asks.clear();
    expect(asks.wish).toBe(left);
    expect(asks.winding).toBe(left !== "none");
  });
});
