import { blocks } from "./cases/blocks.ts";
import { control } from "./cases/control.ts";
import { history } from "./cases/history.ts";
import { steps } from "./cases/steps.ts";
import { waits } from "./cases/waits.ts";
import type { SmokeCase } from "./smoke-case.ts";

/** What has to work on every runtime. Bodies note that they run; after a crash the storage alone is left. */
export const CASES: readonly SmokeCase[] = [...steps, ...waits, ...blocks, ...history, ...control];
