import type { CrashProgram } from "../../src/testing/crash-program.ts";
import { blockPrograms } from "./programs-blocks.ts";
import { messagePrograms } from "./programs-messages.ts";
import { rollbackPrograms } from "./programs-rollback.ts";
import { stepPrograms } from "./programs-steps.ts";

/** All programs of the sweep, by what they are about. */
export const programGroups: Readonly<Record<string, readonly CrashProgram[]>> = {
  "steps and timers": stepPrograms,
  blocks: blockPrograms,
  messages: messagePrograms,
  rollback: rollbackPrograms,
};
