import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { DueIndex } from "../../src/drivers/memory/due-index.ts";
import { SortedRows } from "../../src/drivers/memory/sorted-rows.ts";
import { defineWorkflow } from "../../src/model/workflow.ts";
import { createTestHost } from "../../src/testing/test-host.ts";

const time = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.double({ noNaN: true }),
  fc.constantFrom(Number.MAX_VALUE, -Number.MAX_VALUE, 1e13, Number.MIN_VALUE, -0),
);

describe("the runs that are due", () => {
  it("are given by workflow, in the order of their times and then of their creation", () => {
    const run = fc.record({ workflowName: fc.constantFrom("a", "b"), dueAt: fc.option(time) });
    fc.assert(
      fc.property(fc.array(fc.record({ run, stays: fc.boolean() }), { maxLength: 40 }), (given) => {
        const index = new DueIndex();
        const all = given.map(({ run, stays }, at) => ({ ...run, key: at + 1, stays }));
        for (const one of all) index.add(one);
        for (const one of all) if (!one.stays) index.remove(one);
        const expected = (name: string) =>
          all
            .flatMap(({ key, dueAt, workflowName, stays }) =>
              dueAt !== null && stays && workflowName === name ? [{ dueAt, run: key }] : [],
            )
            // By its bits minus zero comes before zero.
            .sort(
              (a, b) =>
                a.dueAt - b.dueAt ||
                Number(Object.is(b.dueAt, -0)) - Number(Object.is(a.dueAt, -0)) ||
                a.run - b.run,
            );
        for (const name of ["a", "b", "c"])
          expect(Array.from(index.byWorkflow([name, name]), (runs) => [...runs]).flat()).toEqual(
            expected(name),
          );
        const any = Array.from(index.byWorkflow(null), (runs) => [...runs]).flat();
        expect(any).toHaveLength(expected("a").length + expected("b").length);
      }),
    );
  });

  it("cost a host that has more of them than it runs at once no look at each", async () => {
    let looked = 0;
    const { range } = SortedRows.prototype;
    const spy = vi.spyOn(SortedRows.prototype, "range").mockImplementation(function* (
      this: SortedRows,
      from,
      to,
    ) {
      for (const row of Reflect.apply(range, this, [from, to])) {
        looked += 1;
        yield row;
      }
    });
    const count = 400;
    const quick = defineWorkflow({ name: "quick", run: async (ctx) => ctx.step("one", () => 1) });
    const host = await createTestHost({ workflows: [quick], concurrency: 4 });
    const ids = Array.from({ length: count }, (_, i) => `run-${i}`);
    const handles = await Promise.all(ids.map((workflowId) => host.start(quick, { workflowId })));
    for (const handle of handles) expect(await host.settle(handle.result())).toBe(1);
    await host.stop();
    spy.mockRestore();
    expect(looked).toBeLessThan(count * 30);
  });
});
