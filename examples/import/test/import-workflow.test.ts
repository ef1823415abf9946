import { expect, test } from "vitest";
import { importStraightThrough, proveOnce, proveSame, proveUndone } from "../src/proof.ts";
import { stepsOf } from "../src/witness.ts";
import { csvFile } from "./csv-file.ts";
import { runImport } from "./run-import.ts";

const CITIES = `name,rank\n${Array.from({ length: 40 }, (_, index) => `City ${index},${index}`).join("\n")}\n`;

test("an approved import holds the rows of the file and is published", async () => {
  const file = csvFile(CITIES);
  const expected = await importStraightThrough(file, ":memory:");
  const { output, evidence } = await runImport(file, true);
  expect(output).toEqual(expected);
  expect(expected.rows).toBe(40);
  expect((await proveSame(evidence, expected)).fault).toBeUndefined();
  expect(proveOnce(evidence).map(({ fault }) => fault)).toEqual([undefined, undefined]);
  // 40 rows make 20 batches; some of their calls fail once and are repeated.
  const loads = stepsOf(evidence.history).filter(({ name }) => name === "load");
  expect(loads).toHaveLength(20);
  expect(loads.some(({ attempts }) => attempts === 2)).toBe(true);
});

test("a refused import leaves nothing behind", async () => {
  const { error, evidence } = await runImport(csvFile(CITIES), false);
  expect(error).toMatchObject({ message: "Ada refused the import of 40 rows" });
  expect((await evidence.target.contents("import")).rows).toBe(0);
  expect(evidence.target.knows("import")).toBe(false);
  expect((await proveUndone(evidence)).fault).toBeUndefined();
  expect(proveOnce(evidence).map(({ fault }) => fault)).toEqual([undefined, undefined]);
});

test("a malformed file fails the import at once and takes it off the list", async () => {
  const { error, evidence } = await runImport(csvFile("a,b\n1,2,3\n"), true);
  expect(String(error)).toMatch(/Invalid Record Length/);
  expect(stepsOf(evidence.history).find(({ name }) => name === "plan")).toMatchObject({ attempts: 1 });
  expect(evidence.target.knows("import")).toBe(false);
});
