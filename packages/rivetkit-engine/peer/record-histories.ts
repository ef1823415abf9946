import { writeFileSync } from "node:fs";
import * as theirs from "@rivetkit/workflow-engine/testing";
import { type Driver, type Library, newDriver } from "../test/compat/library.ts";
import { plain } from "../test/compat/plain.ts";
import { type Program, programs, pursue } from "../test/histories/programs.ts";
import { type RecordedProgram, type StoredRun, storedRun } from "../test/histories/store.ts";

// Runs the programs on RivetKit's own engine and writes down what its storage held after each write.

// A rollback of theirs leaves rejections behind that nobody handles.
process.on("unhandledRejection", () => {});

const WRITES = ["batch", "set", "delete", "batchDelete", "deletePrefix", "deleteRange"] as const;
const lib = theirs as unknown as Library;

function watched(driver: Driver, seen: (stored: StoredRun) => void): Driver {
  for (const method of WRITES) {
    const write = driver[method].bind(driver) as (...args: unknown[]) => Promise<void>;
    Object.assign(driver, {
      [method]: async (...args: unknown[]) => {
        await write(...args);
        seen(await storedRun(driver));
      },
    });
  }
  return driver;
}

async function record(program: Program): Promise<RecordedProgram> {
  const stages = new Map<string, StoredRun>();
  const driver = newDriver(lib);
  for (const [index, message] of (program.messages ?? []).entries())
    await driver.messageDriver.addMessage({ ...message, id: String(index + 1), sentAt: index + 1 });
  watched(driver, (stored) => stages.set(JSON.stringify(stored), stored));
  const effects: string[] = [];
  const end = plain(await pursue(lib, driver, program, { effects })) as RecordedProgram["end"];
  return { name: program.name, end, effects, stages: [...stages.values()] };
}

for (const program of programs) {
  const recorded = await record(program);
  const file = new URL(`../test/histories/golden/${program.name}.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(recorded)}\n`);
  process.stdout.write(`${program.name}: ${recorded.stages.length} stages\n`);
}
process.exit(0);
