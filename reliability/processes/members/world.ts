import type { LedgerClient } from "../ledger/ledger-client.ts";
import type { ProgramInput } from "../programs/program.ts";
import type { Claims } from "./claims.ts";
import type { Failpoints } from "./failpoints.ts";
import type { LookingClock } from "./looking-clock.ts";

/** What a process of the rig acts on. */
export interface World {
  readonly ledger: LedgerClient;
  readonly failpoints: Failpoints;
  readonly claims: Claims;
  readonly clock: LookingClock;
  /** Of the code that is deployed here. */
  readonly version: number;
  /** A text that was never given before, in any process. */
  token(): string;
  startRun(workflowId: string, input: ProgramInput): Promise<void>;
}
