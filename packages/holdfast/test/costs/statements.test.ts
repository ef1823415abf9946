import { createHost, defineWorkflow, type Host, Loop, type WorkflowContext } from "holdfast";
import { sqliteStore } from "holdfast/sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { RecordingDatabase } from "../drivers/recording-database.ts";

const body = (): void => {};

const steps = defineWorkflow({
  name: "steps",
  run: async (ctx, count: number) => {
    for (let i = 0; i < count; i++) await ctx.step(`step ${i}`, body);
  },
});

const looping = defineWorkflow({
  name: "looping",
  run: (ctx, count: number) =>
    ctx.loop<number, void>({
      name: "loop",
      state: 0,
      run: async (inner, n) => {
        await inner.step("work", body);
        return n + 1 < count ? Loop.continue(n + 1) : Loop.break();
      },
    }),
});

const joined = defineWorkflow({
  name: "joined",
  run: async (ctx, width: number) => {
    const branch = { run: (inner: WorkflowContext) => inner.step("work", body) };
    await ctx.join("all", Object.fromEntries(Array.from({ length: width }, (_, i) => [`b${i}`, branch])));
  },
});

const receiving = defineWorkflow({
  name: "receiving",
  run: async (ctx, count: number) => {
    for (let i = 0; i < count; i++) {
      await ctx.listen(`wait ${i}`, "go");
      await ctx.step(`step ${i}`, body);
    }
  },
});

const workflows = [steps, looping, joined, receiving];

/** What a run asked of SQLite. */
interface Asked {
  readonly transactions: number;
  readonly writes: number;
  readonly statements: number;
}

async function openHost(): Promise<{ host: Host; database: RecordingDatabase; transactions: () => number }> {
  const database = new RecordingDatabase();
  const store = sqliteStore({ database });
  const host = await createHost({ store, workflows });
  onTestFinished(async () => {
    await host.stop();
    await store.close();
  });
  return { host, database, transactions: () => store.stats.transactions };
}

/** A run from its start to its result. */
async function asked(workflow: (typeof workflows)[number], input: number, messages = 0): Promise<Asked> {
  const { host, database, transactions } = await openHost();
  await host.start(workflow, { workflowId: "warm-up", input: 0 });
  await host.handle("warm-up").result();
  const before = { statements: database.executed.length, transactions: transactions() };
  const handle = await host.start(workflow, { workflowId: "run", input });
  for (let i = 0; i < messages; i++) await handle.send("go");
  await handle.result();
  const executed = database.executed.slice(before.statements);
  return {
    transactions: transactions() - before.transactions,
    writes: executed.filter((sql) => /^(INSERT|UPDATE|DELETE)/.test(sql)).length,
    statements: executed.filter((sql) => !/holdfast_runs\.due_at|data_version/.test(sql)).length,
  };
}

/** What each of a hundred more costs, on an average. */
function each(more: Asked, less: Asked): Asked {
  return {
    transactions: (more.transactions - less.transactions) / 100,
    writes: (more.writes - less.writes) / 100,
    // A look for work by the clock may come in between.
    statements: Math.round((more.statements - less.statements) / 100),
  };
}

describe("on SQLite", () => {
  it("no statement is compiled anew for each number of rows that it is asked for", async () => {
    const { host, database } = await openHost();
    const handle = await host.start(receiving, { workflowId: "run", input: 2 });
    for (let i = 0; i < 2; i++) await handle.send("go");
    await handle.result();
    await handle.history();
    await host.list({ status: "completed" });
    const limited = database.executed.filter((sql) => /LIMIT \?/.test(sql));
    for (const table of ["runs", "entries", "messages"]) {
      expect(limited.filter((sql) => sql.includes(`FROM holdfast_${table}`))).not.toEqual([]);
    }
    expect(limited.filter((sql) => !sql.includes("LIMIT ? + 0"))).toEqual([]);
  });

  it("a step is one transaction: begin, the run, its entry, the run again, commit", async () => {
    const perStep = each(await asked(steps, 150), await asked(steps, 50));
    expect(perStep).toEqual({ transactions: 1, writes: 2, statements: 5 });
  });

  it("an iteration of a loop with a step is one transaction, at any time of the loop's life", {
    timeout: 30_000,
  }, async () => {
    const early = each(await asked(looping, 150), await asked(looping, 50));
    const late = each(await asked(looping, 500), await asked(looping, 400));
    expect(early.transactions).toBe(1);
    expect(late.transactions).toBe(1);
    expect(late.writes).toBeLessThanOrEqual(early.writes + 0.5);
    expect(early.writes).toBeLessThanOrEqual(4.5);
  });

  it("a join has as many transactions with a thousand branches as with ten", async () => {
    const narrow = await asked(joined, 10);
    const wide = await asked(joined, 1_000);
    expect(wide.transactions).toBe(narrow.transactions);
    expect((wide.writes - narrow.writes) / 990).toBeLessThanOrEqual(3);
  });

  it("five runs that go on together share their transactions", async () => {
    const { host, transactions } = await openHost();
    const start = (i: number) => host.start(steps, { workflowId: `run-${i}`, input: 20 });
    const before = transactions();
    const handles = await Promise.all(Array.from({ length: 50 }, (_, i) => start(i)));
    await Promise.all(handles.map((handle) => handle.result()));
    // Twenty steps, fifty runs: a thousand commits, and less than a tenth of that on the disk.
    expect(transactions() - before).toBeLessThan(100);
  });

  it("a message and its step are three transactions, for the hundredth message as for the first", async () => {
    const { host, transactions } = await openHost();
    const handle = await host.start(receiving, { workflowId: "run", input: 101 });
    const counts: number[] = [];
    for (let i = 0; i < 100; i++) {
      const before = transactions();
      await handle.send("go");
      while ((await handle.getState()) !== "sleeping" || transactions() < before + 2) {
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      counts.push(transactions() - before);
    }
    expect(Math.max(...counts.slice(1))).toBeLessThanOrEqual(3);
    await handle.send("go");
    await handle.result();
  });
});
