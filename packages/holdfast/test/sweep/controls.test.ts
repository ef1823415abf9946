import { Loop } from "holdfast";
import { describe, expect, it } from "vitest";
import type { Entry } from "../../src/history/entry.ts";
import { decodeEntryRow, encodeEntry } from "../../src/history/entry-codec.ts";
import { decodeHeader, digestWith, EMPTY_DIGEST, encodeHeader } from "../../src/history/header.ts";
import { hex, KeySpace, parseKey } from "../../src/history/key.ts";
import { frameBody } from "../../src/history/message-body.ts";
import { defaultCodec } from "../../src/history/payload.ts";
import { openRow, sealRow } from "../../src/history/row.ts";
import { sealName } from "../../src/history/row-names.ts";
import { runTagOf } from "../../src/history/run-tag.ts";
import type { WorkflowContext } from "../../src/model/context.ts";
import { compareBytes } from "../../src/storage/byte-order.ts";
import type { EngineDriver } from "../../src/storage/driver.ts";
import type { CommitBatch, KVEntry, NewMessage } from "../../src/storage/records.ts";
import { type CrashOptions, crashEverywhere } from "../../src/testing/crash-everywhere.ts";
import type { CrashProgram } from "../../src/testing/crash-program.ts";

const TAG = runTagOf("run");

/** The driver with some of its methods replaced. */
function changed(driver: EngineDriver, methods: Partial<EngineDriver>): EngineDriver {
  return {
    limits: driver.limits,
    load: () => driver.load(),
    list: (prefix, page) => driver.list(prefix, page),
    commit: (batch) => driver.commit(batch),
    applied: (batchId) => driver.applied(batchId),
    peekMessages: (names, count) => driver.peekMessages(names, count),
    enqueueMessage: (message) => driver.enqueueMessage(message),
    waitForMessages: (names, signal) => driver.waitForMessages(names, signal),
    ...methods,
  };
}

/** Commits whatever revision the batch expects, and hides that from the header. */
async function commitAnyway(driver: EngineDriver, batch: CommitBatch): Promise<void> {
  const expectedRevision = (await driver.load())?.revision ?? 0;
  const header = { ...decodeHeader(TAG, batch.header), revision: expectedRevision + 1 };
  await driver.commit({ ...batch, expectedRevision, header: encodeHeader(TAG, header) });
}

/** The batch with a header whose digest fits the rows that it leads to: the change is not found by its checksum. */
async function disguised(driver: EngineDriver, batch: CommitBatch): Promise<CommitBatch> {
  const rows = new Map<string, KVEntry>();
  for (const row of (await driver.load())?.entries ?? []) rows.set(hex(row.key), row);
  for (const { from, to } of batch.deleteRanges) {
    for (const [id, { key }] of rows)
      if (compareBytes(key, from) >= 0 && compareBytes(key, to) < 0) rows.delete(id);
  }
  for (const key of batch.deletes) rows.delete(hex(key));
  for (const row of batch.puts) rows.set(hex(row.key), row);
  let digest = EMPTY_DIGEST;
  for (const { key, value } of rows.values()) digest = digestWith(digest, openRow(TAG, key, value).checksum);
  return { ...batch, header: encodeHeader(TAG, { ...decodeHeader(TAG, batch.header), digest }) };
}

/** What tells the name that the dropped row of an entry has told. */
function nameRow(entryKey: Uint8Array, name: string): KVEntry {
  const { key, value } = sealName(TAG, parseKey(entryKey).segments.at(-1)?.value ?? 0, name);
  return { key, value };
}

/** Changes entries on their way to the storage; null drops them. */
function changingEntries(change: (entry: Entry) => Entry | null): (driver: EngineDriver) => EngineDriver {
  return (driver) =>
    changed(driver, {
      commit: async (batch) => {
        const puts = batch.puts.flatMap((row): KVEntry[] => {
          if (row.key[0] !== KeySpace.entry) return [row];
          const { entry, name } = decodeEntryRow(openRow(TAG, row.key, row.value).body, "");
          const changed = change(entry);
          if (changed === null) return name === null ? [] : [nameRow(row.key, name)];
          return [{ key: row.key, value: sealRow(TAG, row.key, encodeEntry(changed, name)).value }];
        });
        await driver.commit(await disguised(driver, { ...batch, puts }));
      },
    });
}

const steps = async (ctx: WorkflowContext) => {
  const a = await ctx.step("a", () => 1);
  await ctx.sleep("nap", "1h");
  return a + (await ctx.step("b", () => 1));
};

const retried = (ctx: WorkflowContext) =>
  ctx.step({
    name: "retried",
    retryBackoffBase: "1h",
    run: ({ attempt }) => {
      if (attempt < 3) throw new Error("not yet");
      return attempt;
    },
  });

const twoWaits = (ctx: WorkflowContext) =>
  ctx.loop<unknown[], unknown[]>({
    name: "rounds",
    state: [],
    run: async (inner, bodies) => {
      const { body } = await inner.queue.next("wait", { names: ["m"] });
      const all = [...bodies, body];
      return all.length === 2 ? Loop.break(all) : Loop.continue(all);
    },
  });

/** A step whose body never gives the same twice. */
const drawn = (): ((ctx: WorkflowContext) => Promise<string>) => {
  let drawings = 0;
  return async (ctx) => {
    await ctx.step("draw", () => ++drawings);
    await ctx.step("after", () => 0);
    return "done";
  };
};

const oneWait = (ctx: WorkflowContext) => ctx.listen("wait", "m");

const late: NewMessage = {
  id: "late",
  name: "m",
  body: frameBody({ workflowId: "run", id: "late", name: "m" }, defaultCodec.encode("late", "body")),
  createdAt: 1_893_456_000_000,
  expiresAt: null,
  completable: false,
  remember: true,
};

/** A message comes just when the wait for it is being committed; `blind`: whoever looks then sees the time before. */
function racing(blind: boolean): (driver: EngineDriver) => EngineDriver {
  return (driver) =>
    changed(driver, {
      commit: async (batch) => {
        if (batch.wants !== null) await driver.enqueueMessage(late);
        await driver.commit(batch);
      },
      peekMessages: (names, count) => (blind ? Promise.resolve([]) : driver.peekMessages(names, count)),
    });
}

/** What a process was writing when it died arrives after the first commit of the next one, and nothing keeps it out. */
function strays(): (driver: EngineDriver) => EngineDriver {
  let unanswered: CommitBatch | null = null;
  return (driver) => {
    let stray = unanswered;
    unanswered = null;
    return changed(driver, {
      commit: async (batch) => {
        unanswered = batch;
        await commitAnyway(driver, batch);
        if (stray !== null) await commitAnyway(driver, stray);
        stray = null;
        unanswered = null;
      },
    });
  };
}

interface Control {
  readonly broken: string;
  readonly program: Omit<CrashProgram, "name" | "through">;
  readonly through: (driver: EngineDriver) => EngineDriver;
  readonly options?: CrashOptions;
  /** What the report must say. */
  readonly says: RegExp;
}

const controls: readonly Control[] = [
  {
    broken: "the driver tears batches",
    program: { workflow: steps },
    through: (driver) =>
      changed(driver, {
        commit: async (batch) => {
          await commitAnyway(driver, { ...batch, puts: batch.puts.slice(1) });
          await commitAnyway(driver, { ...batch, puts: batch.puts.slice(0, 1) });
        },
      }),
    says: /crash-.*Stored data is not what was written/s,
  },
  {
    broken: "the driver tears batches and the digest hides it",
    program: { workflow: steps },
    through: (driver) =>
      changed(driver, {
        commit: async (batch) => {
          const puts = batch.puts.slice(0, -1);
          await commitAnyway(driver, await disguised(driver, { ...batch, puts }));
          await commitAnyway(driver, await disguised(driver, batch));
        },
      }),
    says: /crash-.*instead of/s,
  },
  {
    broken: "the revision is not checked",
    program: { workflow: drawn() },
    through: strays(),
    says: /crash-before at.*the committed result at "draw" was changed/s,
  },
  {
    broken: "the attempt count is not persisted",
    program: { workflow: retried },
    through: changingEntries((entry) =>
      entry.kind === "step" && entry.status === "pending" ? { ...entry, count: 0 } : entry,
    ),
    options: { modes: ["yield"] },
    says: /did not end in/,
  },
  {
    broken: "the look again after committing a wait is missing",
    program: { workflow: oneWait },
    through: racing(true),
    options: { modes: ["yield"] },
    says: /nothing will ever wake it/,
  },
  {
    broken: "a result row is dropped",
    program: { workflow: steps },
    through: changingEntries((entry) =>
      entry.kind === "step" && entry.status === "completed" ? null : entry,
    ),
    says: /P1|P2|instead of|does not fit/,
  },
  {
    broken: "a message is consumed outside the batch",
    program: {
      workflow: twoWaits,
      messages: [
        { name: "m", body: "one" },
        { name: "m", body: "two" },
      ],
    },
    through: (driver) =>
      changed(driver, {
        commit: async (batch) => {
          await commitAnyway(driver, { ...batch, consume: [] });
          if (batch.consume.length === 0) return;
          await commitAnyway(driver, { ...batch, puts: [], deletes: [], deleteRanges: [], send: [] });
        },
      }),
    says: /crash-.*(P7|instead of)/s,
  },
];

describe("crashEverywhere goes red when", () => {
  it.each(controls)("$broken", async ({ program, through, options, says }) => {
    const whole = { name: "control", ...program };
    const tested = crashEverywhere({ ...whole, through }, options);
    await expect(tested).rejects.toThrow(expect.objectContaining({ name: "CrashTestError" }));
    await expect(crashEverywhere({ ...whole, through }, options)).rejects.toThrow(says);
  });
});

describe("crashEverywhere stays green when", () => {
  it("the same programs run on the driver as it is", async () => {
    for (const { program, options, broken } of controls) {
      if (program.workflow === oneWait) continue;
      const { cases } = await crashEverywhere({ name: broken, ...program }, options);
      expect(cases).toBeGreaterThan(0);
    }
  });

  it("a message comes while a wait for it is being committed", async () => {
    const { cases } = await crashEverywhere(
      { name: "a racing message", workflow: oneWait, through: racing(false) },
      { modes: ["yield"], faults: ["not-applied"] },
    );
    expect(cases).toBeGreaterThan(0);
  });
});
