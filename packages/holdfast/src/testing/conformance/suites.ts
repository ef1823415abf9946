import type { CaseBody, ConformanceCase } from "./conformance-case.ts";
import { amountCases } from "./driver-amounts.ts";
import { answerCases } from "./driver-answers.ts";
import { bareCases } from "./driver-bare.ts";
import { batchCases } from "./driver-batches.ts";
import { begunBare, begunByStore, type DriverContext, type RunningContext } from "./driver-context.ts";
import { damageCases } from "./driver-damage.ts";
import { fenceCases } from "./driver-fences.ts";
import { messageCases } from "./driver-messages.ts";
import { outcomeCases } from "./driver-outcomes.ts";
import { pageCases } from "./driver-pages.ts";
import { queueCases } from "./driver-queues.ts";
import { rangeCases } from "./driver-ranges.ts";
import { rowCases } from "./driver-rows.ts";
import { sendCases } from "./driver-sends.ts";
import { waitCases } from "./driver-waits.ts";
import { requirementsOf } from "./requirements.ts";
import { storeAmountCases } from "./store-amounts.ts";
import { claimCases } from "./store-claims.ts";
import type { StoreContext } from "./store-context.ts";
import { crashCases } from "./store-crashes.ts";
import { creationCases } from "./store-creation.ts";
import { dueCases } from "./store-due.ts";
import { effectCases } from "./store-effects.ts";
import { epochCases } from "./store-epochs.ts";
import { fairnessCases } from "./store-fairness.ts";
import { leaseCases } from "./store-leases.ts";
import { lifecycleCases } from "./store-lifecycle.ts";
import { listCases } from "./store-lists.ts";
import { timeCases } from "./store-times.ts";

/** What the driver of any run does, bare or of a claim. */
const runCases: readonly CaseBody<RunningContext>[] = [
  ...rowCases,
  ...rangeCases,
  ...pageCases,
  ...batchCases,
  ...amountCases,
  ...fenceCases,
  ...outcomeCases,
  ...messageCases,
  ...queueCases,
  ...sendCases,
  ...answerCases,
  ...damageCases,
  ...waitCases,
];

/** The same cases for another context. */
function over<Given>(begun: (context: Given) => RunningContext): CaseBody<Given>[] {
  return runCases.map(({ id, title, run }) => ({ id, title, run: (context) => run(begun(context)) }));
}

function suiteOf<Context>(cases: readonly CaseBody<Context>[]): readonly ConformanceCase<Context>[] {
  return cases.map((one) => ({ ...one, covers: requirementsOf(one.id) }));
}

/** The definition of `EngineDriver` for bare drivers, in executable form. */
export const driverConformance: readonly ConformanceCase<DriverContext>[] = suiteOf([
  ...bareCases,
  ...over(begunBare),
]);

/** The definition of `WorkflowStore`, and of the drivers that it hands out, in executable form. */
export const storeConformance: readonly ConformanceCase<StoreContext>[] = suiteOf([
  ...creationCases,
  ...listCases,
  ...claimCases,
  ...epochCases,
  ...fairnessCases,
  ...leaseCases,
  ...dueCases,
  ...timeCases,
  ...effectCases,
  ...storeAmountCases,
  ...lifecycleCases,
  ...crashCases,
  ...over(begunByStore),
]);
