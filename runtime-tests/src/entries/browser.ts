// Runs in a page: all cases in memory.
import { runCases } from "../smoke/run-case.ts";
import { memoryStage } from "../stages/memory-stage.ts";

Object.assign(globalThis, { runSmokeCases: () => runCases(memoryStage) });
