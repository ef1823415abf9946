import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("plays worlds without the globals that tell time, are random or set timers", async () => {
  const program = fileURLToPath(new URL("without-globals.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program]);
  expect(stdout).toBe("20 worlds");
}, 60_000);
