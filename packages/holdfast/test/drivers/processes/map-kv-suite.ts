import { test } from "node:test";
import { driverConformance } from "../../../src/testing.ts";
import { context, excused } from "../guide/map-kv-context.ts";

for (const { id, title, run } of driverConformance) {
  test(`${id}: ${title}`, { skip: excused[id] ?? false }, () => run(context));
}
