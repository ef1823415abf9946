import { expect, test } from "vitest";
import type { Start } from "../src/ledger.ts";
import { type Evidence, importStraightThrough, proveOnce, proveSame, proveUndone } from "../src/proof.ts";
import { csvFile } from "./csv-file.ts";
import { runImport } from "./run-import.ts";

const FILE = "a,b\n1,2\n3,4\n5,6\n7,8\n";

test("the proof fails when a body started that should not have, or did not start that should have", async () => {
  const { evidence } = await runImport(csvFile(FILE), true);
  const [first] = evidence.starts;
  if (first === undefined) throw new Error("nothing started");
  const fault = (given: Partial<Evidence>) => proveOnce({ ...evidence, ...given })[0]?.fault;
  const withStart = (start: Partial<Start>) =>
    fault({ starts: [...evidence.starts, { ...first, ...start }] });

  const later = evidence.starts.length + 1;
  expect(fault({})).toBeUndefined();
  expect(withStart({})).toBeUndefined();
  expect(withStart({ order: later })).toMatch(/started again after its commit/);
  expect(withStart({ attempt: 2 })).toMatch(/had 2 attempts, not 1/);
  expect(withStart({ key: "import/other" })).toMatch(/does not know it/);
  expect(fault({ starts: evidence.starts.slice(1) })).toMatch(/had 0 attempts, not 1/);
});

test("the proof fails when a batch is missing, left over, or not that of the file", async () => {
  const file = csvFile(FILE);
  const { evidence } = await runImport(file, true);
  const expected = await importStraightThrough(file, ":memory:");
  const other = await importStraightThrough(csvFile(FILE.replace("8", "9")), ":memory:");
  const faults = (given: Evidence) => proveOnce(given).map(({ fault }) => fault);

  expect((await proveSame(evidence, other)).fault).toMatch(/holds 4 rows/);
  expect((await proveUndone(evidence)).fault).toBe("it is completed");
  evidence.target.apply({ key: "import/extra", importId: "import", rows: [{ number: 5, cells: {} }] });
  expect(faults(evidence)[1]).toBe("3 batches came from 2 steps");
  expect((await proveSame(evidence, expected)).fault).toMatch(/holds 5 rows/);
});
