import type { Mutant } from "./mutant.ts";

/** The six controls without which silence of the simulator would prove nothing. */
export const controls: readonly Mutant[] = [
  {
    id: "torn-batches",
    title: "the last row of a larger batch is not written: one transition in two transactions",
    kind: "control",
    file: "storage/tables/commit-batch.ts",
    find: "for (const entry of batch.puts) tables.putRow(key, entry);",
    replace:
      "for (const entry of batch.puts.length > 3 ? batch.puts.slice(0, -1) : batch.puts) tables.putRow(key, entry);",
    modes: ["soup"],
  },
  {
    id: "fencing-off",
    title: "neither epoch nor revision of a batch is compared with what is stored",
    kind: "control",
    file: "storage/fence.ts",
    find: "if (problem !== null) throw new FencedError",
    replace: "if (problem !== null && run === null) throw new FencedError",
    modes: ["soup"],
  },
  {
    id: "attempts-not-persisted",
    title: "failed attempts of a step are counted in memory and stored as none",
    kind: "control",
    file: "history/entry-codec.ts",
    find: "if (entry.count !== 0) fields |= Field.count;",
    replace:
      'if (entry.kind === "step" && entry.status === "pending") entry = { ...entry, count: 0 };\n  if (entry.count !== 0) fields |= Field.count;',
    modes: ["soup"],
  },
  {
    id: "no-second-look",
    title: "a run that parks is not made due by a message that came while it parked",
    kind: "control",
    file: "storage/tables/commit-batch.ts",
    find: "circumstances(ledger, { key: run.key, wants: batch.wants }, now)",
    replace: "{ now, wantedQueued: () => false }",
    modes: ["soup"],
  },
  {
    id: "no-checksum",
    title: "the checksum of a row is taken from the row instead of being computed",
    kind: "control",
    file: "history/row.ts",
    find: "const checksum = crc32c(value, crc32c(key, runTag), end);",
    replace: "const checksum = storedChecksum(value);",
    modes: ["soup"],
  },
  {
    id: "terminal-overwritten",
    title: "a cancellation that comes too late overwrites the terminal status",
    kind: "control",
    file: "host/run-control.ts",
    find: 'if (isTerminal(status) || status === "rolling_back") return { cancelled: false, state: status };\n      return (await this.#attempt(FOR_CANCEL, (operator) => cancelRun(operator, false)))?.value;',
    replace:
      'void status;\n      const { force } = FOR_CANCEL;\n      return (await this.#attempt({ force }, async (operator) => (await operator.commit({ status: "cancelled" }), { cancelled: true })))?.value;',
    modes: ["soup"],
  },
];
