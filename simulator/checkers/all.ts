import type { Checker } from "./checker.ts";
import { oneResult } from "./i01-one-result.ts";
import { gaplessOrder } from "./i02-gapless-order.ts";
import { startsAccounted } from "./i03-starts-accounted.ts";
import { noStartAfterCommit } from "./i04-no-start-after-commit.ts";
import { attemptsBounded } from "./i05-attempts-bounded.ts";
import { inOrderOnReplay } from "./i06-in-order-on-replay.ts";
import { sameValuesOnReplay } from "./i06-same-values-on-replay.ts";
import { pureReplay } from "./i07-pure-replay.ts";
import { divergenceTold } from "./i08-divergence-told.ts";
import { asTheReference } from "./i09-as-the-reference.ts";
import { pinnedVersions } from "./i10-pinned-versions.ts";
import { wholeBatches } from "./i11-whole-batches.ts";
import { fencedWriteNothing } from "./i12-fenced-write-nothing.ts";
import { oneLiveLease } from "./i13-one-live-lease.ts";
import { appliedOnce } from "./i14-applied-once.ts";
import { finalStates } from "./i15-final-states.ts";
import { cancelTellsWhoWon } from "./i16-cancel-tells-who-won.ts";
import { durableReasonToWake } from "./i17-durable-reason-to-wake.ts";
import { timersOnTime } from "./i18-timers-on-time.ts";
import { hintsChangeNothing } from "./i19-hints-change-nothing.ts";
import { messagesAccounted } from "./i20-messages-accounted.ts";
import { consumedOnce } from "./i21-consumed-once.ts";
import { firstInFirstOut } from "./i22-first-in-first-out.ts";
import { waitsKeepToTheirTerms } from "./i23-waits-keep-to-their-terms.ts";
import { loopsAdvance } from "./i24-loops-advance.ts";
import { branches } from "./i25-branches.ts";
import { onlyDeclaredFailures } from "./i26-only-declared-failures.ts";
import { allCompensated } from "./i27-all-compensated.ts";
import { reverseOrder } from "./i28-reverse-order.ts";
import { handlersOnce } from "./i29-handlers-once.ts";
import { rollbackFromFailure } from "./i30-rollback-from-failure.ts";
import { nothingLeftBehind } from "./i31-nothing-left-behind.ts";
import { oneRunPerId } from "./i32-one-run-per-id.ts";
import { runsKeepApart } from "./i33-runs-keep-apart.ts";
import { damageIsTold } from "./i34-damage-is-told.ts";
import { watchersSeeHistory } from "./i35-watchers-see-history.ts";

/** All invariants, in the order of their numbers. */
export const CHECKERS: readonly Checker[] = [
  oneResult,
  gaplessOrder,
  startsAccounted,
  noStartAfterCommit,
  attemptsBounded,
  sameValuesOnReplay,
  inOrderOnReplay,
  pureReplay,
  divergenceTold,
  asTheReference,
  pinnedVersions,
  wholeBatches,
  fencedWriteNothing,
  oneLiveLease,
  appliedOnce,
  finalStates,
  cancelTellsWhoWon,
  durableReasonToWake,
  timersOnTime,
  hintsChangeNothing,
  messagesAccounted,
  consumedOnce,
  firstInFirstOut,
  waitsKeepToTheirTerms,
  loopsAdvance,
  branches,
  onlyDeclaredFailures,
  allCompensated,
  reverseOrder,
  handlersOnce,
  rollbackFromFailure,
  nothingLeftBehind,
  oneRunPerId,
  runsKeepApart,
  damageIsTold,
  watchersSeeHistory,
];
