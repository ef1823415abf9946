import { generateScenario } from "../../generate/generate-scenario.ts";
import { judge } from "../../modes/judge.ts";
import { numberedSeed } from "../../random/prng.ts";

/**
 * Plays worlds while every global that tells time, is random or sets a timer throws: what is simulated has to come from the ports
 * alone. Started by a test as a process of its own; says how many worlds went well.
 */
function forbid(owner: object, name: string): void {
  Object.defineProperty(owner, name, {
    configurable: true,
    writable: true,
    value: () => {
      throw new Error(`${name} was used in a simulated world.`);
    },
  });
}

for (const name of ["setTimeout", "setInterval", "setImmediate", "queueMicrotask"]) forbid(globalThis, name);
for (const name of ["randomUUID", "getRandomValues"]) forbid(crypto, name);
forbid(performance, "now");
forbid(Date, "now");
forbid(Math, "random");
forbid(process, "nextTick");

let played = 0;
for (let n = 0; n < 20; n++) {
  // A real file has a real clock.
  const { findings } = await judge({ ...generateScenario(numberedSeed(n), "soup"), storage: "memory" });
  if (findings.length > 0) throw new Error(JSON.stringify(findings, null, 2));
  played++;
}
process.stdout.write(`${played} worlds`);
