import type { Scenario } from "../library.ts";
import { blocks } from "./blocks.ts";
import { lives } from "./lives.ts";
import { steps } from "./steps.ts";
import { utilities } from "./utilities.ts";
import { waits } from "./waits.ts";

export const scenarios: readonly Scenario[] = [...steps, ...blocks, ...waits, ...lives, ...utilities];
