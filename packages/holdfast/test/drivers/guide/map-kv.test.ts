import { test } from "vitest";
import { driverConformance } from "../../../src/testing.ts";
import { context, excused } from "./map-kv-context.ts";

for (const { id, title, run } of driverConformance) {
  const reason = excused[id];
  test.skipIf(reason !== undefined)(`${id}: ${title}`, { timeout: 60_000 }, () => run(context));
}
