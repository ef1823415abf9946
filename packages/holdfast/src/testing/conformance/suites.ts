import type { ConformanceCase } from "./conformance-case.ts";
import { bareCases } from "./driver-bare.ts";
import { batchCases } from "./driver-batches.ts";
import { begunBare, begunByStore, type DriverContext, type RunningContext } from "./driver-context.ts";
import { messageCases } from "./driver-messages.ts";
import { rowCases } from "./driver-rows.ts";
import { waitCases } from "./driver-waits.ts";
import { claimCases } from "./store-claims.ts";
import type { StoreContext } from "./store-context.ts";
import { creationCases } from "./store-creation.ts";
import { dueCases } from "./store-due.ts";
import { effectCases } from "./store-effects.ts";
import { leaseCases } from "./store-leases.ts";
import { lifecycleCases } from "./store-lifecycle.ts";

/** What the driver of any run does, bare or of a claim. */
const runCases: readonly ConformanceCase<RunningContext>[] = [
  ...rowCases,
  ...batchCases,
  ...messageCases,
  ...waitCases,
];

/** The same cases for another context. */
function over<Given>(begun: (context: Given) => RunningContext): ConformanceCase<Given>[] {
  return runCases.map(({ id, title, run }) => ({ id, title, run: (context) => run(begun(context)) }));
}

/** The definition of `EngineDriver` for bare drivers, in executable form. */
export const driverConformance: readonly ConformanceCase<DriverContext>[] = [
  ...bareCases,
  ...over(begunBare),
];

/** The definition of `WorkflowStore`, and of the drivers that it hands out, in executable form. */
export const storeConformance: readonly ConformanceCase<StoreContext>[] = [
  ...creationCases,
  ...claimCases,
  ...leaseCases,
  ...dueCases,
  ...effectCases,
  ...lifecycleCases,
  ...over(begunByStore),
];
