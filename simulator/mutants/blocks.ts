import type { Mutant } from "./mutant.ts";

/** Join, race, map, try, and the order in which results are handed to the code. */
export const blocks: readonly Mutant[] = [
  {
    id: "race-run-again-on-replay",
    title:
      "replay runs a decided race again and may choose another winner (races over promises of replayed steps)",
    kind: "historic",
    file: "engine/replay/block.ts",
    find: 'if (entry !== null && entry.status !== "pending") {',
    replace: 'if (entry !== null && entry.status !== "pending" && at.kind !== "race") {',
    modes: ["single", "soup"],
  },
  {
    id: "replay-in-order-of-code",
    title:
      "replay hands results over in the order of the code, so Promise.race has another winner (replay without recorded order)",
    kind: "historic",
    file: "engine/replay/turns.ts",
    find: "readonly #ready: Heap<Completion> = new Heap((completion) => completion.sequence);",
    replace: "readonly #ready: Heap<Completion> = new Heap(() => 0);",
    modes: ["soup", "single"],
  },
  {
    id: "losers-deleted-first",
    title:
      "the rows of a race's losers are deleted in a commit before the one that records the winner (the engine we came from)",
    kind: "historic",
    file: "engine/primitives/race.ts",
    find: "block.complete({ winner: branch.name, value: outcome.value });",
    replace:
      "scope.run.outbox.onCommit(() => {}, () => block.complete({ winner: branch.name, value: outcome.value }));",
    modes: ["single", "soup"],
  },
  {
    id: "losers-go-on",
    title: "the losers of a race are not told and go on (promise races)",
    kind: "historic",
    file: "engine/primitives/race.ts",
    find: "    loser.close(reason);\n",
    replace: "    void reason;\n",
    modes: ["single", "soup"],
  },
  {
    id: "join-fails-fast",
    title: "a join ends with its first failure while other branches still run (Promise.all)",
    kind: "historic",
    file: "engine/primitives/join.ts",
    find: "      if (outcomes.size < entries.length) return;\n",
    replace:
      "      const failed = [...outcomes].find(([, outcome]) => !outcome.ok);\n      if (failed !== undefined) return block.fail(new JoinError(name, new Map([[failed[0], (failed[1] as { error: unknown }).error]])));\n      if (outcomes.size < entries.length) return;\n",
    modes: ["single", "soup"],
  },
  {
    id: "join-by-order-of-ends",
    title:
      "the values of a join go to its branches in the order in which they ended (results pushed to a list)",
    kind: "historic",
    file: "engine/primitives/join.ts",
    find: "const outcome = outcomes.get(branch) as Outcome;",
    replace:
      "const outcome = [...outcomes.values()][entries.findIndex(([key]) => key === branch)] as Outcome;",
    modes: ["soup", "single"],
  },
  {
    id: "map-by-order-of-ends",
    title: "the results of a map are in the order in which items ended (results pushed to a list)",
    kind: "historic",
    file: "engine/primitives/map.ts",
    find: "this.#values[index] = outcome.value;",
    replace: "this.#values[this.#succeeded - 1] = outcome.value;",
    modes: ["soup", "single"],
  },
  {
    id: "map-without-bound",
    title: "a map starts all of its items at once, whatever concurrency it was given (fan-out)",
    kind: "historic",
    file: "engine/primitives/map.ts",
    find: "      this.#open.size < this.#plan.concurrency &&\n",
    replace: "",
    modes: ["soup", "single"],
  },
  {
    id: "try-catches-all",
    title: "a try hands out failures that it was not to catch (one catch for all)",
    kind: "historic",
    file: "engine/primitives/try.ts",
    find: "if (kind === undefined || !caught.includes(kind)) block.fail(outcome.error);",
    replace: "if (kind === undefined) block.fail(outcome.error);",
    modes: ["soup", "single"],
  },
  {
    id: "error-class-lost-on-replay",
    title: "a failure has another class and no code when it is replayed (errors stored as their message)",
    kind: "historic",
    file: "engine/replay/operation.ts",
    find: "deliver: () => this.#deliver(entry),",
    replace:
      'deliver: () =>\n        this.#deliver(\n          entry.status === "failed"\n            ? { ...entry, result: encodeFailure(new Error(String((decodeFailure(entry.result as Uint8Array) as Error | undefined)?.message))) }\n            : entry,\n        ),',
    modes: ["single", "soup"],
  },
  {
    id: "cause-dropped",
    title: "the cause of an error is not stored (errors stored as name and message)",
    kind: "historic",
    file: "engine/effects/step-attempts.ts",
    find: "new StepExhaustedError(name, attempt, { cause: storable(error) })",
    replace: "new StepExhaustedError(name, attempt, { cause: storable(undefined) })",
    modes: ["single", "soup"],
  },
  {
    id: "undefined-becomes-null",
    title: "undefined comes back as null (JSON as the payload format)",
    kind: "historic",
    file: "history/payload.ts",
    find: "if (format === UNDEFINED && bytes.length === 1) return undefined;",
    replace: "if (format === UNDEFINED && bytes.length === 1) return null;",
    modes: ["single", "soup"],
  },
  {
    id: "minus-zero-becomes-zero",
    title: "-0 comes back as 0 (JSON as the payload format)",
    kind: "historic",
    file: "history/payload-json.ts",
    find: "return Number.isFinite(value) && !Object.is(value, -0);",
    replace: "return Number.isFinite(value);",
    modes: ["soup"],
  },
  {
    id: "live-value-not-the-stored-one",
    title:
      "the first pass sees the value that a step returned, and replay the one that was stored (results by reference)",
    kind: "historic",
    file: "engine/replay/operation.ts",
    find: "    const value = this.#revive(entry);\n",
    replace:
      "    const revived = this.#revive(entry);\n    const value = run.live && revived instanceof Date ? String(revived) : revived;\n",
    modes: ["soup"],
  },
  {
    id: "draws-of-the-pass",
    title: "random numbers are drawn anew on replay (seeds of the process)",
    kind: "historic",
    file: "engine/replay/scope.ts",
    find: "this.#draws ??= new Draws(this.run.journal.header.seed, this.place.key);",
    replace:
      "this.#draws ??= new Draws(Uint8Array.of(this.run.journal.header.revision & 255), this.place.key);",
    modes: ["soup", "single"],
  },
  {
    id: "now-of-the-worker",
    title: "now() is the time of whoever asks, another one on each replay (clocks in workflow code)",
    kind: "historic",
    file: "engine/context.ts",
    find: "return this.#scope.time;",
    replace: "return this.#scope.run.timers.now();",
    modes: ["soup", "single"],
  },
];
