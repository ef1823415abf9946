import type { Mutant } from "./mutant.ts";

/** Claims, leases, epochs, and what becomes of commits that nobody knows the outcome of. */
export const fencing: readonly Mutant[] = [
  {
    id: "epoch-not-raised",
    title: "an owner that claims a run which it held before gets its old epoch (locks keyed by owner)",
    kind: "historic",
    file: "storage/transitions.ts",
    find: "const claimed = { ...run, epoch: run.epoch + 1,",
    replace: "const claimed = { ...run, epoch: run.lease?.owner === by.owner ? run.epoch : run.epoch + 1,",
    modes: ["soup", "liveness"],
  },
  {
    id: "sleeping-keeps-lease",
    title: "a commit that parks a run keeps its lease, so it cannot be claimed when it is due (job queues)",
    kind: "historic",
    file: "storage/due.ts",
    find: 'return status === "running" || status === "pending";',
    replace: 'return status === "running" || status === "pending" || status === "sleeping";',
    modes: ["soup", "single"],
  },
  {
    id: "live-lease-claimed",
    title: "a due run is claimed though somebody holds it (two workers on one job)",
    kind: "historic",
    file: "storage/due.ts",
    find: "return Math.max(ready, run.lease.until);",
    replace: "return ready;",
    modes: ["soup"],
  },
  {
    id: "lease-never-renewed",
    title: "a lease is not renewed, so work that takes longer is taken away (job queues without a heartbeat)",
    kind: "historic",
    file: "host/lease-keeper.ts",
    find: "if (due.length > 0) void this.#renew(due);",
    replace: "if (due.length > 1_000) void this.#renew(due);",
    modes: ["soup", "liveness"],
  },
  {
    id: "heartbeat-behind-work",
    title:
      "the renewal of a lease waits until the turn of its run is over (heartbeats on the connection of the work)",
    kind: "historic",
    file: "host/lease-keeper.ts",
    find: "const since = settings.world.clock.monotonic();",
    replace:
      "const since = settings.world.clock.monotonic();\n    await new Promise<void>((done) => settings.world.clock.setTimer((leases[0]?.claim.leaseMs ?? 0) * 0.6, done));",
    modes: ["soup", "liveness"],
  },
  {
    id: "zombie-releases",
    title: "who has lost a claim gives back the claim of whoever holds the run now (unlock without a token)",
    kind: "historic",
    file: "storage/tables/claim-runs.ts",
    find: "run.epoch !== claim.epoch || run.lease === null",
    replace: "run.lease === null",
    modes: ["soup", "liveness"],
  },
  {
    id: "revision-unchecked",
    title:
      "a batch is applied whatever revision it follows, so one that is delivered twice is applied twice (proxies that try again)",
    kind: "historic",
    file: "storage/fence.ts",
    find: "if (revision !== batch.expectedRevision) {",
    replace: "if (revision < batch.expectedRevision) {",
    modes: ["soup"],
  },
  {
    id: "unknown-retried-blindly",
    title:
      "a commit whose outcome nobody knows is made again on top of what is stored now (retries of ambiguous commits)",
    kind: "historic",
    file: "engine/pass/committer.ts",
    find: "          if (await this.#applied(batch.batchId)) return;\n        }",
    replace:
      "          const image = await patientRead(this.#setup.world.clock, () => this.driver.load());\n          batch = { ...batch, batchId: formatUuid(this.#setup.world.random.bytes(16)), expectedRevision: image?.revision ?? 0 };\n        }",
    modes: ["single", "soup"],
  },
  {
    id: "unknown-taken-for-applied",
    title: "a commit whose outcome nobody knows counts as made (clients that ignore a lost connection)",
    kind: "historic",
    file: "engine/pass/committer.ts",
    find: "this.#uncertain = true;",
    replace: "this.#uncertain = true;\n          return;",
    modes: ["single", "soup"],
  },
  {
    id: "pass-of-a-deleted-run-resumed",
    title:
      "a run that is kept in memory goes on in place though its id is another run's now, which has come as far (ids used again)",
    kind: "historic",
    file: "host/hosted-run.ts",
    find: "const followed = claim.epoch === pass.epoch + 1;",
    replace: "const followed = claim.epoch > pass.epoch;",
    modes: ["soup", "liveness"],
  },
  {
    id: "stale-pass-resumed",
    title:
      "a run that is kept in memory goes on in place though it went on elsewhere (caches of live workflows)",
    kind: "historic",
    file: "host/hosted-run.ts",
    find: "if (!pass.resumable || !followed || pass.revision !== claim.revision) {",
    replace: "if (!pass.resumable) {",
    modes: ["soup"],
  },
  {
    id: "dirty-flag-cleared-late",
    title:
      "what changes while a commit is under way is marked as written when it ends (dirty flags cleared after the await)",
    kind: "historic",
    file: "engine/pass/committer.ts",
    find: "      this.#made(header, writes);\n",
    replace: "      this.#made(header, writes);\n      journal.takeWriteSet();\n",
    modes: ["soup"],
  },
];
