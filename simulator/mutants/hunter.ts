import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Hunt } from "./hunt-report.ts";
import type { Mutant } from "./mutant.ts";

const HUNT = fileURLToPath(new URL("hunt.ts", import.meta.url));
const INSTALL = new URL("install.ts", import.meta.url).href;

/** What one hunt may cost. */
export interface Budget {
  /** Worlds that each mode plays at most. */
  readonly worlds: number;
  /** After so long the process is ended: it found nothing. */
  readonly milliseconds: number;
}

/** Hunts a mutant in a process of its own. */
export function huntMutant({ id, modes, about }: Mutant, budget: Budget): Promise<Hunt> {
  return start(["--import", INSTALL], { id, modes, about, budget });
}

/** Plays worlds of the same modes with the library as it is: nothing may be found. */
export function huntNothing(modes: readonly string[], budget: Budget): Promise<Hunt> {
  return start([], { id: "", modes, about: undefined, budget });
}

async function start(
  flags: readonly string[],
  { id, modes, about, budget }: Pick<Mutant, "id" | "modes"> & { about: string | undefined; budget: Budget },
): Promise<Hunt> {
  const began = performance.now();
  const wanted = ["--id", id, "--modes", modes.join(","), "--worlds", String(budget.worlds)];
  if (about !== undefined) wanted.push("--about", about);
  const child = spawn(process.execPath, [...flags, HUNT, ...wanted], {
    env: { ...process.env, HOLDFAST_MUTANT: id },
    timeout: budget.milliseconds,
    killSignal: "SIGKILL",
  });
  const output = textOf(child.stdout);
  const errors = textOf(child.stderr);
  const code = await new Promise((resolve) => child.once("close", resolve));
  const text = await output;
  if (code === 0 && text !== "") return JSON.parse(text) as Hunt;
  const milliseconds = Math.round(performance.now() - began);
  const reason =
    child.signalCode === null ? (await errors).trim() : `no end within ${budget.milliseconds} ms`;
  return { id, found: null, cases: 0, worlds: 0, milliseconds, broken: [reason] };
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}
