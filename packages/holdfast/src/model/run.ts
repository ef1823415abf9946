/**
 * The states of a run.
 *
 * ```
 * pending ──▶ running ⇄ sleeping ──▶ completed | failed | cancelled      terminal, written once
 *                │  ▲
 *                │  └── paused (an operator's or the engine's hold, with a reason; `resume` leads back)
 *                └────▶ rolling_back ──▶ failed | cancelled
 * ```
 *
 * `recover`, `rewind` and `delete` are the only operations that leave a terminal state.
 */
export type RunState =
  | "pending"
  | "running"
  | "sleeping"
  | "rolling_back"
  | "completed"
  | "failed"
  | "cancelled"
  | "paused";

/** The states that are final. */
export type TerminalState = "completed" | "failed" | "cancelled";

/** All states, in the order of their stored numbers: append only. */
export const RUN_STATES: readonly RunState[] = [
  "pending",
  "running",
  "sleeping",
  "rolling_back",
  "completed",
  "failed",
  "cancelled",
  "paused",
];

/** Whether `state` is final. */
export function isTerminal(state: RunState): state is TerminalState {
  return state === "completed" || state === "failed" || state === "cancelled";
}

/** Why a run is `paused`. */
export type PauseReason = "operator" | "divergence" | "corruption" | "crash-loop" | "limit";
