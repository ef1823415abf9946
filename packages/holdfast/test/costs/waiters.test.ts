import { describe, expect, it } from "vitest";
import { Waiters } from "../../src/storage/waiters.ts";

/** An interest that counts how often it is looked at. */
function watched(workflowId: string, looked: () => void): { workflowId: string; messagesOnly: boolean } {
  return {
    workflowId,
    get messagesOnly() {
      looked();
      return false;
    },
  };
}

describe("a change", () => {
  it.each([1_000, 10_000])(
    "looks at the waiters of its own run only, when %i others wait",
    async (others) => {
      const waiters = new Waiters();
      const ends = Array.from({ length: others }, () => new AbortController());
      let looks = 0;
      const all = ends.map(({ signal }, i) =>
        waiters.wait(
          watched(`run-${i}`, () => looks++),
          signal,
        ),
      );
      waiters.changed({ workflowId: "run-7", kind: "committed", due: false });
      await all[7];
      expect(looks).toBe(1);
      expect(waiters.size).toBe(others - 1);
      for (const end of ends) end.abort("over");
      await Promise.all(all);
      expect(waiters.size).toBe(0);
    },
  );

  it("ends the waits for work when the run is due, and no others", async () => {
    const waiters = new Waiters();
    const end = new AbortController();
    const work = waiters.wait("work", end.signal);
    const other = waiters.wait({ workflowId: "other" }, end.signal);
    waiters.changed({ workflowId: "run", kind: "released", due: false });
    expect(waiters.size).toBe(2);
    waiters.changed({ workflowId: "run", kind: "released", due: true });
    await work;
    expect(waiters.size).toBe(1);
    waiters.changedSomewhere();
    await other;
    expect(waiters.size).toBe(0);
  });
});
