import { type CommitBatch, type EngineDriver, FencedError } from "#holdfast/index.ts";
import { keepsClaim } from "#holdfast/storage/due.ts";
import { machineTime } from "../ledger/ledger-client.ts";
import type { CommittedRows } from "./committed-rows.ts";
import { watchedBy } from "./outages.ts";
import type { World } from "./world.ts";

/** A driver whose commits are in the ledger before the engine knows of them. */
export function recordedDriver(
  driver: EngineDriver,
  of: { readonly run: string; readonly epoch: number; readonly rows: CommittedRows },
  world: Pick<World, "ledger" | "failpoints">,
): EngineDriver {
  const { ledger, failpoints } = world;
  const watched = watchedBy(world);
  const { run, epoch, rows } = of;

  async function commit(batch: CommitBatch): Promise<void> {
    const consumed = batch.consume;
    if (consumed.length > 0) await ledger.append({ type: "consuming", run, consumed });
    failpoints.pass("commit.before");
    const asked = { askedAt: machineTime(), askedWall: Date.now() };
    try {
      await watched("commit", () => driver.commit(batch));
    } catch (error) {
      // The engine must know no later than the ledger: what it starts afterwards is held against it.
      if (FencedError.is(error)) void ledger.append({ type: "fenced", run, epoch });
      throw error;
    }
    failpoints.pass("commit.after");
    const { batchId, expectedRevision, status, wakeAt } = batch;
    await ledger.append({
      type: "commit",
      run,
      epoch,
      ...asked,
      revision: expectedRevision + 1,
      batchId,
      status,
      keeps: keepsClaim(status, wakeAt),
      entries: rows.read(batch.puts),
      consumed,
    });
  }

  return {
    limits: driver.limits,
    async load() {
      const image = await watched("load", () => driver.load());
      failpoints.pass("load.after");
      if (image !== null) rows.learn(image.entries);
      return image;
    },
    async list(prefix, page) {
      const found = await driver.list(prefix, page);
      rows.learn(found);
      return found;
    },
    commit,
    applied: (batchId) => driver.applied(batchId),
    async peekMessages(names, count) {
      const found = await driver.peekMessages(names, count);
      failpoints.pass("peek.after");
      return found;
    },
    enqueueMessage: (message) => driver.enqueueMessage(message),
    waitForMessages: (names, signal) => driver.waitForMessages(names, signal),
  };
}
