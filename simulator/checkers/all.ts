import type { Checker } from "./checker.ts";
import { oneResult } from "./i01-one-result.ts";
import { gaplessOrder } from "./i02-gapless-order.ts";
import { startsAccounted } from "./i03-starts-accounted.ts";
import { noStartAfterCommit } from "./i04-no-start-after-commit.ts";
import { attemptsBounded } from "./i05-attempts-bounded.ts";
import { sameValuesOnReplay } from "./i06-same-values-on-replay.ts";
import { pureReplay } from "./i07-pure-replay.ts";
import { divergenceTold } from "./i08-divergence-told.ts";
import { wholeBatches } from "./i11-whole-batches.ts";
import { fencedWriteNothing } from "./i12-fenced-write-nothing.ts";
import { oneLiveLease } from "./i13-one-live-lease.ts";
import { appliedOnce } from "./i14-applied-once.ts";
import { finalStates } from "./i15-final-states.ts";
import { cancelTellsWhoWon } from "./i16-cancel-tells-who-won.ts";

/** All invariants, in the order of their numbers. */
export const CHECKERS: readonly Checker[] = [
  oneResult,
  gaplessOrder,
  startsAccounted,
  noStartAfterCommit,
  attemptsBounded,
  sameValuesOnReplay,
  pureReplay,
  divergenceTold,
  wholeBatches,
  fencedWriteNothing,
  oneLiveLease,
  appliedOnce,
  finalStates,
  cancelTellsWhoWon,
];
