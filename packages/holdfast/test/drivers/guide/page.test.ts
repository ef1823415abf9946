import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ConformanceCase } from "../../../src/testing/conformance/conformance-case.ts";
import { CONFORMANCE_REQUIREMENTS } from "../../../src/testing/conformance/requirements.ts";
import { driverConformance, storeConformance } from "../../../src/testing/conformance/suites.ts";
import { runProcess } from "../processes/run-process.ts";

const PAGE = join(import.meta.dirname, "../../../../../docs/write-a-driver.md");
const DRIVERS = join(import.meta.dirname, "..");

/** A program of this folder as a reader of the page has it. */
function program(file: string): string {
  return readFileSync(join(DRIVERS, file), "utf8")
    .replaceAll(/"[./]+\/src\/index\.ts"/g, '"holdfast"')
    .replaceAll(/"[./]+\/src\/testing\.ts"/g, '"holdfast/testing"')
    .replaceAll('"../guide/', '"./')
    .trimEnd();
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(" | ")} |`;
}

function table(cases: readonly ConformanceCase<never>[]): string {
  const rows = cases.map(({ id, title, covers }) => row([`\`${id}\``, title, covers.join(", ")]));
  return [row(["case", "the driver or store …", "requirements"]), row(["---", "---", "---"]), ...rows].join(
    "\n",
  );
}

function requirements(): string {
  const rows = Object.entries(CONFORMANCE_REQUIREMENTS).map(([number, { what, elsewhere = "" }]) =>
    row([number, what, elsewhere]),
  );
  return [row(["", "requirement", "tested elsewhere"]), row(["---", "---", "---"]), ...rows].join("\n");
}

const driverIds = new Set(driverConformance.map(({ id }) => id));
const storeIds = new Set(storeConformance.map(({ id }) => id));

/** What stands between `<!-- name -->` and `<!-- end -->` on the page. */
const PARTS: Readonly<Record<string, string>> = {
  "map-kv.ts": `\`\`\`ts\n${program("guide/map-kv.ts")}\n\`\`\``,
  "map-kv-run.ts": `\`\`\`ts\n${program("guide/map-kv-run.ts")}\n\`\`\``,
  "map-kv-context.ts": `\`\`\`ts\n${program("guide/map-kv-context.ts")}\n\`\`\``,
  "node:test": `\`\`\`ts\n${program("processes/map-kv-suite.ts")}\n\`\`\``,
  vitest: `\`\`\`ts\n${program("guide/map-kv.test.ts")}\n\`\`\``,
  counts: `${driverConformance.length} cases for a driver, ${storeConformance.length} for a store; ${[...driverIds].filter((id) => storeIds.has(id)).length} of them are in both suites.`,
  both: table(driverConformance.filter(({ id }) => storeIds.has(id))),
  bare: table(driverConformance.filter(({ id }) => !storeIds.has(id))),
  store: table(storeConformance.filter(({ id }) => !driverIds.has(id))),
  requirements: requirements(),
};

test("the page about drivers shows the programs and cases that there are (npm test -- <this file> -u writes them)", async () => {
  let page = readFileSync(PAGE, "utf8");
  for (const [name, text] of Object.entries(PARTS)) {
    const [begin, end] = [`<!-- ${name} -->\n`, "\n<!-- end -->"];
    const from = page.indexOf(begin);
    expect(from, `the part ${name}`).toBeGreaterThan(0);
    const to = page.indexOf(end, from);
    page = page.slice(0, from) + begin + text + page.slice(to);
  }
  await expect(page).toMatchFileSnapshot(PAGE);
});

test("the page's program for node:test runs and passes", async () => {
  const { code, output } = await runProcess("map-kv-suite.ts", []).ended;
  expect(output.filter((line) => line.startsWith("not ok"))).toEqual([]);
  expect(code).toBe(0);
}, 120_000);
