import { join } from "node:path";
import { chromiumRuntime } from "./chromium-runtime.ts";
import { processRuntime } from "./process-runtime.ts";
import type { Runtime } from "./runtime.ts";
import { workerdRuntime } from "./workerd-runtime.ts";

const MODULES = join(import.meta.dirname, "../../node_modules");
const REPOSITORY_MODULES = join(import.meta.dirname, "../../../node_modules");

export const RUNTIMES: readonly Runtime[] = [
  processRuntime("node22", join(MODULES, "node22/bin/node")),
  processRuntime("node24", join(REPOSITORY_MODULES, ".bin/node")),
  processRuntime("bun", join(MODULES, ".bin/bun")),
  processRuntime("deno", join(MODULES, ".bin/deno"), ["run", "--allow-all", "--quiet"]),
  workerdRuntime,
  chromiumRuntime,
];
