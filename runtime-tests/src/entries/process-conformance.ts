// Runs on Node, Bun or Deno: the conformance suites on the SQLite that the runtime has.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { driverConformance, storeConformance } from "holdfast/testing";
import { runSuiteCase } from "../conformance/run-suite.ts";
import { driversIn, storesIn } from "../conformance/sqlite-contexts.ts";
import { encodeLine } from "../smoke/lines.ts";
import { runtimeSqlite } from "../stages/runtime-sqlite.ts";

// Looks for other processes' commits keep no process alive, and a case may wait for nothing else.
const awake = setInterval(() => {}, 1_000);

const noFaults = "this handle does not fail by itself: tested in the library on one that does";
const noAlarm = "no platform wakes a run of this storage: whoever opens it does";
const noDamage = "what is stored is damaged in the library's own tests";
const excused = {
  "damage-id-forgotten": noDamage,
  "damage-message-lost": noDamage,
  "damage-message-moved": noDamage,
  "fault-each-write": noFaults,
  "fault-message": noFaults,
  "fault-frees": noFaults,
  "fault-answer-lost": noFaults,
  "fault-store": noFaults,
  "bare-alarm": noAlarm,
  "bare-alarm-end": noAlarm,
};

const { module, openDatabase } = await runtimeSqlite();
const folder = mkdtempSync(join(tmpdir(), "holdfast-"));
for (const one of driverConformance) {
  const at = { stage: `${module}, drivers`, excused };
  process.stdout.write(encodeLine(await runSuiteCase(one, driversIn(folder, openDatabase), at)));
}
for (const one of storeConformance) {
  const at = { stage: `${module}, stores`, excused };
  process.stdout.write(encodeLine(await runSuiteCase(one, storesIn(folder, openDatabase), at)));
}
rmSync(folder, { recursive: true });
clearInterval(awake);
