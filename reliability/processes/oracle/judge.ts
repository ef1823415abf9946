import { judgeAttempts } from "./attempts.ts";
import { judgeCancels, judgeCompleteness, judgeEndings } from "./endings.ts";
import type { Evidence } from "./evidence.ts";
import { judgeCommits, judgeZombies } from "./fencing.ts";
import { judgeLeases } from "./leases.ts";
import {
  judgeAnswers,
  judgeDoubledMessages,
  judgeLostMessages,
  judgeOrder,
  judgeStrayMessages,
} from "./messages.ts";
import { judgeHistory, judgeResults } from "./results.ts";
import { judgeRollbackOrder, judgeRollbackSet, judgeRollbackValues } from "./rollbacks.ts";
import { judgeCalmStarts, judgeFinality, judgeFoundations, judgeStarts } from "./starts.ts";
import type { Violation } from "./violation.ts";
import { judgeWakeUps } from "./wake-ups.ts";

type Judge = (evidence: Evidence) => Violation[];

const judges: readonly Judge[] = [
  judgeStarts,
  judgeFinality,
  judgeFoundations,
  judgeAttempts,
  judgeResults,
  judgeHistory,
  judgeCommits,
  judgeZombies,
  judgeLeases,
  judgeWakeUps,
  judgeLostMessages,
  judgeDoubledMessages,
  judgeStrayMessages,
  judgeOrder,
  judgeAnswers,
  judgeRollbackSet,
  judgeRollbackOrder,
  judgeRollbackValues,
  judgeEndings,
  judgeCompleteness,
  judgeCancels,
];

/** Everything that must not have happened and did. `calm`: nothing was killed, so no attempt may have started twice. */
export function judge(
  evidence: Evidence,
  { calm = false }: { readonly calm?: boolean | undefined } = {},
): Violation[] {
  return [...judges, ...(calm ? [judgeCalmStarts] : [])].flatMap((one) => one(evidence));
}
