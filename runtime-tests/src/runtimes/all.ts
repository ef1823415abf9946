import { join } from "node:path";
import { chromiumRuntime } from "./chromium-runtime.ts";
import { processRuntime } from "./process-runtime.ts";
import type { Runtime } from "./runtime.ts";
import { workerdRuntime } from "./workerd-runtime.ts";

const MODULES = join(import.meta.dirname, "../../node_modules");
const REPOSITORY_MODULES = join(import.meta.dirname, "../../../node_modules");

export const RUNTIMES: readonly Runtime[] = [
  processRuntime({ name: "node22", command: join(MODULES, "node22/bin/node"), conformance: true }),
  // `npm test` runs the suites on it.
  processRuntime({ name: "node24", command: join(REPOSITORY_MODULES, ".bin/node"), conformance: false }),
  processRuntime({ name: "bun", command: join(MODULES, ".bin/bun"), conformance: true }),
  processRuntime({
    name: "deno",
    command: join(MODULES, ".bin/deno"),
    args: ["run", "--allow-all", "--quiet"],
    conformance: true,
  }),
  workerdRuntime,
  chromiumRuntime,
];
