import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CONFORMANCE_REQUIREMENTS } from "../../src/testing/conformance/requirements.ts";
import { driverConformance, storeConformance } from "../../src/testing/conformance/suites.ts";

const all = [...driverConformance, ...storeConformance];

test("each of the 80 requirements is tested by a case, or says what else tests it", () => {
  expect(Object.keys(CONFORMANCE_REQUIREMENTS).map(Number)).toEqual(
    Array.from({ length: 80 }, (_, index) => index + 1),
  );
  for (const [number, { cases, elsewhere }] of Object.entries(CONFORMANCE_REQUIREMENTS)) {
    expect(cases.length > 0 || elsewhere !== undefined, `requirement ${number}`).toBe(true);
    const file = elsewhere?.match(/[\w-]+\.test\.ts/)?.[0];
    if (file !== undefined) expect(existsSync(join(import.meta.dirname, file)), file).toBe(true);
  }
});

test("a requirement names cases that exist, each once", () => {
  const ids = new Set(all.map(({ id }) => id));
  for (const { cases } of Object.values(CONFORMANCE_REQUIREMENTS)) {
    expect(cases.filter((id) => !ids.has(id))).toEqual([]);
    expect(new Set(cases).size).toBe(cases.length);
  }
});

test.each([
  ["driver", driverConformance],
  ["store", storeConformance],
])("the %s suite has at least 80 cases, with ids of their own", (_, suite) => {
  expect(suite.length).toBeGreaterThanOrEqual(80);
  expect(new Set(suite.map(({ id }) => id)).size).toBe(suite.length);
  for (const { id, covers } of suite) {
    for (const number of covers) expect(CONFORMANCE_REQUIREMENTS[number]?.cases).toContain(id);
  }
});
