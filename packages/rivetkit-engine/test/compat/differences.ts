import { expect } from "vitest";

/** Where ours does something else, why, and what. */
export interface Difference {
  readonly reason: string;
  readonly check: (seen: unknown) => void;
}

export const differences: Readonly<Record<string, Difference>> = {
  "in live mode retries are waited for": {
    reason: "a step that succeeded shows no error of an earlier attempt",
    check: (seen) => {
      expect(seen).toMatchObject({
        run: { ended: { state: "completed", output: 3 }, stored: "completed" },
        runs: 3,
        history: { entries: [{ key: "a", status: "completed", attempts: 3, data: { output: 3 } }] },
      });
    },
  },
  "code that throws in a block is asked again in its next run, in a join or race it has failed": {
    reason: "a branch's error keeps its message when it is replayed",
    check: (seen) => {
      const failed = (error: string, errors: unknown) => ({ ended: { error, errors }, stored: "failed" });
      const join = failed("JoinError", { a: { error: "Error", message: "crash" } });
      const race = failed("RaceError", [{ name: "a", error: "Error: crash" }]);
      const thrown = { ended: { error: "Error", message: "crash" }, stored: "failed" };
      const completed = (output: unknown) => ({ ended: { state: "completed", output }, stored: "completed" });
      expect(seen).toMatchObject({
        runs: [
          ["join", join, join],
          ["race", race, race],
          ["try", thrown, completed({ ok: true, value: "ok" })],
          ["loop", thrown, completed("ok")],
        ],
        seen: ["join s", "race s", "try s", "loop s"],
      });
    },
  },
  "state and output of a run": {
    reason: "a run that waits in memory is stored as one that sleeps",
    check: (seen) => {
      expect(seen).toEqual({ during: ["sleeping", null], after: ["completed", { a: 1 }] });
    },
  },
  "a run is not taken back under a step that runs": {
    reason: "theirs sees only steps that were tried before",
    check: (seen) => {
      const refused = {
        error: "Error",
        message: "Cannot replay a workflow while a step is currently running",
      };
      expect(seen).toEqual({ refused, ended: { state: "completed" } });
    },
  },
};
