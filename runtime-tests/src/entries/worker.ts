// Runs on workerd: all cases in memory, and each in the storage of an object of its own.
import { DurableObject } from "cloudflare:workers";
import { type DurableState, durableDriver } from "holdfast/cloudflare";
import { CASES } from "../smoke/cases.ts";
import { type CaseReport, runCase } from "../smoke/run-case.ts";
import type { Stage } from "../smoke/stage.ts";
import { memoryStage } from "../stages/memory-stage.ts";

const durableStage = (state: DurableState): Stage => ({
  name: "object",
  open: async () => ({ driver: () => durableDriver(state).driver, close: async () => {} }),
});

/** An object for one case. */
export class Smoke extends DurableObject {
  run(name: string, storage: string): Promise<CaseReport> {
    const one = CASES.find((candidate) => candidate.name === name);
    if (one === undefined) throw new Error(`There is no case "${name}".`);
    return runCase(one, storage === "memory" ? memoryStage : durableStage(this.ctx));
  }

  /** The cases start their runs again themselves. */
  override alarm(): void {}
}

interface Env {
  readonly SMOKE: DurableObjectNamespace<Smoke>;
}

export default {
  async fetch(_request: Request, { SMOKE }: Env): Promise<Response> {
    const reports: CaseReport[] = [];
    for (const storage of ["memory", "object"]) {
      for (const { name } of CASES)
        reports.push(await SMOKE.getByName(`${storage}: ${name}`).run(name, storage));
    }
    return Response.json(reports);
  },
};
