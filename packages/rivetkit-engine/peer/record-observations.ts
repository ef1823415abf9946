import { writeFileSync } from "node:fs";
import * as theirs from "@rivetkit/workflow-engine/testing";
import type { Library } from "../test/compat/library.ts";
import { plain } from "../test/compat/plain.ts";
import { scenarios } from "../test/compat/scenarios/all.ts";

// Observes RivetKit's own engine and writes down what it does: `npm ci && npm run record`, with Node 22 or later.

// A rollback of theirs leaves rejections behind that nobody handles.
process.on("unhandledRejection", () => {});

const observations: Record<string, unknown> = {};
for (const { name, observe } of scenarios)
  observations[name] = plain(await observe(theirs as unknown as Library));
const file = new URL("../test/compat/golden/observations.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(observations, null, 1)}\n`);
process.exit(0);
