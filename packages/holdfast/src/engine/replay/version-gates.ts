/** A `getVersion` that was asked for before the end of the replay and has no recorded answer. */
export interface VersionGate {
  readonly scope: { readonly closed: boolean };
  /** Whether its scope has recorded operations that nobody asked for, though they were to be by the end of this turn. */
  readonly isBehind: (turn: number) => boolean;
  /** The run went past it in this turn: it is pinned to version 1. */
  readonly pass: () => void;
  readonly resolve: (version: "first" | "latest") => void;
}

/**
 * Answers the gates that the run is past, as far as the end of a turn shows: what the older code went on with comes before what it
 * was handed later (P5).
 */
export function answerPassedGates(gates: VersionGate[], turn: number): void {
  for (const gate of gates.filter((one) => !one.scope.closed && one.isBehind(turn))) {
    gates.splice(gates.indexOf(gate), 1);
    gate.pass();
  }
}

/**
 * Answers the gates at the end of the replay (ARCHITECTURE 3): code that waits at a gate while recorded operations of its
 * scope were not asked for is newer than the run, so the run is pinned to version 1; else it is new here.
 * @returns whether there was a gate to answer.
 */
export function answerGates(gates: VersionGate[]): boolean {
  const waiting = gates.splice(0).filter((gate) => !gate.scope.closed);
  const answers = waiting.map((gate) =>
    gate.isBehind(Number.POSITIVE_INFINITY) ? ("first" as const) : ("latest" as const),
  );
  for (const [at, gate] of waiting.entries()) gate.resolve(answers[at] ?? "latest");
  return waiting.length > 0;
}
