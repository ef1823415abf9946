import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { describe, expect, test } from "vitest";
import { MODES } from "../../modes/all.ts";
import { all } from "../../mutants/all.ts";

const SOURCE = new URL("../../../packages/holdfast/src/", import.meta.url);
const modes = new Set(MODES.map(({ name }) => name));

describe("the table of mutants", () => {
  test("has the six controls, and many historic bugs", () => {
    expect(all.filter(({ kind }) => kind === "control").map(({ id }) => id)).toEqual([
      "torn-batches",
      "fencing-off",
      "attempts-not-persisted",
      "no-second-look",
      "no-checksum",
      "terminal-overwritten",
    ]);
    expect(all.filter(({ kind }) => kind === "historic").length).toBeGreaterThan(100);
  });

  test("names each mutant once", () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  test.each(all)(
    "$id changes one place of the source, and leaves a module",
    ({ file, find, replace, modes: own }) => {
      const source = readFileSync(new URL(file, SOURCE), "utf8");
      expect(source.split(find).length - 1).toBe(1);
      expect(() => stripTypeScriptTypes(source.replace(find, () => replace))).not.toThrow();
      expect(own.filter((mode) => !modes.has(mode))).toEqual([]);
      expect(own.length).toBeGreaterThan(0);
    },
  );
});
