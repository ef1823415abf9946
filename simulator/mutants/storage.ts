import type { Mutant } from "./mutant.ts";

/** What is stored, by whom it is kept apart, and how damage is found. */
export const storage: readonly Mutant[] = [
  {
    id: "epochs-of-an-id-begin-anew",
    title:
      "a run with the id of a deleted one begins with epoch 1 again, so that the other's holder commits to it (ids used again)",
    kind: "historic",
    file: "storage/tables/control.ts",
    find: "run.damaged ? 0 : run.epoch",
    replace: "0",
    modes: ["soup", "liveness"],
  },
  {
    id: "digest-forgets-deletes",
    title: "the digest of a run is not updated when rows are deleted (checksums kept beside the data)",
    kind: "historic",
    file: "history/journal.ts",
    find: "for (const checksum of taken.removed.checksums) digest = digestWithout(digest, checksum);",
    replace: "void taken.removed.checksums;",
    modes: ["single"],
    about: "race",
  },
  {
    id: "stale-header-taken",
    title: "a header is taken for sound without its checksum (headers outside of the checks)",
    kind: "historic",
    file: "history/header.ts",
    find: 'const from = new BareReader(openRow(runTag, HEADER_KEY, bytes).body, "header");',
    replace: 'void openRow;\n  const from = new BareReader(bytes.subarray(2, -4), "header");',
    modes: ["soup"],
  },
  {
    id: "same-id-other-input",
    title:
      "a second start of an id with another input is given the run of the first (idempotency by id alone)",
    kind: "historic",
    file: "host/fingerprint.ts",
    find: "const input = inputBytes(of);",
    replace: "void inputBytes;\n  const input = new Uint8Array(0);",
    modes: ["soup"],
  },
  {
    id: "deleted-run-lives-on",
    title:
      "a run that somebody works on is told as deleted and comes back with the next commit (deletes without a lock)",
    kind: "historic",
    file: "storage/tables/control.ts",
    find: "ledger.tables.deleteRun(",
    replace: "if (run.lease === null) ledger.tables.deleteRun(",
    modes: ["soup"],
  },
  {
    id: "row-never-updated",
    title: "a row that is there already keeps its old value (inserts that ignore conflicts)",
    kind: "historic",
    file: "drivers/sqlite/entry-table.ts",
    find: "ON CONFLICT DO UPDATE SET value = excluded.value",
    replace: "ON CONFLICT DO NOTHING",
    modes: ["differential", "soup"],
  },
  {
    id: "watcher-goes-back",
    title:
      "who watches a run is shown an older state after a newer one, or the same again (views built from events)",
    kind: "historic",
    file: "host/watch-run.ts",
    find: "snapshot.revision > last.snapshot.revision",
    replace: "snapshot.revision > last.snapshot.revision - 2",
    modes: ["soup"],
  },
];
