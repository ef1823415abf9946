import { expect, test } from "vitest";
import { openDatabase } from "../src/database.ts";
import { Target } from "../src/target.ts";

const rows = [1, 2, 3].map((number) => ({ number, cells: { name: `row ${number}` } }));

test("a batch that comes again changes nothing, also after it was undone", async () => {
  const target = new Target(openDatabase(":memory:"));
  const receipt = target.apply({ key: "a", importId: "import", rows });
  expect(target.apply({ key: "a", importId: "import", rows })).toEqual(receipt);
  expect((await target.contents("import")).rows).toBe(3);
  target.undo("a");
  target.undo("a");
  target.apply({ key: "a", importId: "import", rows });
  expect((await target.contents("import")).rows).toBe(0);
  expect(target.moved()).toEqual({ arrived: 3, undone: 3 });
});

test("a row of two batches is an error, and the second batch leaves nothing", async () => {
  const target = new Target(openDatabase(":memory:"));
  target.apply({ key: "a", importId: "import", rows });
  const more = [{ number: 4, cells: {} }, ...rows];
  expect(() => target.apply({ key: "b", importId: "import", rows: more })).toThrow(/UNIQUE/);
  expect(target.batches("import")).toHaveLength(1);
  expect((await target.contents("import")).rows).toBe(3);
});
