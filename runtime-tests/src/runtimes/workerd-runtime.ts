import { createRequire } from "node:module";
import { runObjectChecks } from "../cloudflare/object-checks.ts";
import { Workerd } from "../cloudflare/workerd.ts";
import type { CaseReport } from "../smoke/run-case.ts";
import type { Runtime } from "./runtime.ts";

/** The runtime of Cloudflare Workers: in memory, and in the storage of Durable Objects. */
export const workerdRuntime: Runtime = {
  name: "workerd",
  async run() {
    const workerd = await Workerd.start({ entry: "entries/worker.ts", objects: { SMOKE: "Smoke" } });
    let reports: readonly CaseReport[];
    try {
      reports = (await workerd.get("/")) as CaseReport[];
    } finally {
      await workerd.stop();
    }
    const { version } = createRequire(import.meta.url)("workerd/package.json") as { version: string };
    return { version, reports, own: await runObjectChecks() };
  },
};
