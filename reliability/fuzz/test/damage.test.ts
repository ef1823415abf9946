import { describe, expect, test } from "vitest";
import { virtualClock } from "#holdfast/testing.ts";
import { numberedSeed, Prng } from "../../../simulator/random/prng.ts";
import { joined, rowsByOwner } from "../stored/built-run.ts";
import { Damage } from "../stored/damage.ts";
import { copyImage, type Image, type Row } from "../stored/image.ts";
import { mutate } from "../stored/mutations/all.ts";
import { Programs } from "../stored/stages/programs.ts";
import { STORE_HOMES } from "../stored/stores/store-home.ts";

const plain = (image: Image): unknown =>
  Object.fromEntries(Object.entries(image).map(([table, rows]) => [table, sorted(rows)]));

function sorted(rows: readonly Row[]): string[] {
  return rows
    .map((row) =>
      JSON.stringify(
        Object.entries(row).map(([name, cell]) => [name, cell === null ? "null" : typeof cell, String(cell)]),
      ),
    )
    .sort();
}

describe.each(STORE_HOMES)("damage of data in a $name store", (home) => {
  test("is the same for the same seed, changes something, and is taken back exactly", async () => {
    const runs = await home.build(new Programs(), 1);
    const whole = joined(runs);
    const damaged = (number: number) => {
      const image = copyImage(whole);
      const prng = new Prng(numberedSeed(number), "test");
      const rowsOf = rowsByOwner(image);
      const [run, other] = prng.shuffle(runs);
      if (run === undefined || other === undefined) throw new Error("There are two runs at least.");
      const damage = new Damage(home.shape, image);
      const target = { shape: home.shape, image, damage, prng, workflowId: run.workflowId, older: run.older };
      const mutated = mutate({ ...target, rows: rowsOf(run.owner), other: rowsOf(other.owner) });
      return { image, damage, mutated };
    };
    const kinds = new Set<string>();
    for (let number = 0; number < 150; number++) {
      const { image, damage, mutated } = damaged(number);
      expect(plain(damaged(number).image)).toEqual(plain(image));
      expect(plain(image)).not.toEqual(plain(whole));
      kinds.add(mutated?.kind ?? "");
      damage.undo();
      expect(plain(image)).toEqual(plain(whole));
    }
    expect(kinds.size).toBeGreaterThan(20);
  }, 60_000);

  test("an image that is written is read again as it was", async () => {
    const runs = await home.build(new Programs(), 1);
    const whole = joined(runs);
    const opened = home.open(virtualClock());
    expect(opened.write(whole).size).toBe(0);
    expect(plain(opened.read())).toEqual(plain(whole));
    await opened.close();
  });
});
