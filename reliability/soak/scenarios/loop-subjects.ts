import type { LoopDecision, WorkflowDefinition } from "#holdfast/index.ts";
import { abortable, CriticalError, defineWorkflow, Loop, type WorkflowContext } from "#holdfast/index.ts";
import type { LoopWatch } from "../measure/loop-watch.ts";
import type { LoopHome } from "./loop-home.ts";

/** What an iteration has at hand. */
export interface LoopTools {
  readonly watch: LoopWatch;
  readonly home: LoopHome;
}

/** A workflow that loops for long. */
export type LoopSubject = (tools: LoopTools) => WorkflowDefinition;

type Decision = LoopDecision<number, number>;

function decide({ watch }: LoopTools, iteration: number): Decision {
  return iteration + 1 >= watch.iterations ? Loop.break(iteration) : Loop.continue(iteration + 1);
}

/** A step that sends a message, the message consumed, a sleep. */
export const consumeSleepStep: LoopSubject = (tools) => {
  const { watch, home } = tools;
  return soaked((ctx) =>
    ctx.loop<number, number>({
      name: "work",
      state: 0,
      run: async (inner, iteration) => {
        await inner.step("work", async ({ signal }) => {
          watch.look(iteration, [signal, ctx.abortSignal, inner.abortSignal]);
          await abortable(Promise.resolve(), ctx.abortSignal);
          await home.send("item", iteration);
        });
        await inner.queue.next("item", { names: ["item"], timeout: "1h" });
        await inner.sleep("pause", 1);
        return decide(tools, iteration);
      },
    }),
  );
};

/** The same under a deadline that is nearer than the messages' own: the nearest timer never fires. */
export const timedWaitsUnderDeadline: LoopSubject = (tools) => {
  const { watch, home } = tools;
  return soaked((ctx) =>
    ctx.race("within", [
      {
        name: "work",
        run: (branch) =>
          branch.loop<number, number>({
            name: "work",
            state: 0,
            run: async (inner, iteration) => {
              await inner.step("work", async ({ signal }) => {
                watch.look(iteration, [signal, ctx.abortSignal, branch.abortSignal]);
                await home.send("item", iteration);
              });
              await inner.listenWithTimeout("item", "item", 30 * 86_400_000);
              return decide(tools, iteration);
            },
          }),
      },
      { name: "deadline", run: (branch) => branch.sleep("deadline", "10d") },
    ]),
  );
};

/** Blocks of every kind in each iteration, with losers that are left behind and failures that are handled. */
export const blocks: LoopSubject = (tools) =>
  soaked((ctx) =>
    ctx.loop<number, number>({
      name: "work",
      state: 0,
      run: async (inner, iteration) => {
        await inner.step("work", ({ signal }) => tools.watch.look(iteration, [signal, ctx.abortSignal]));
        await inner.join("both", {
          a: { run: (branch: WorkflowContext) => branch.step("s", () => iteration) },
          b: { run: (branch: WorkflowContext) => branch.step("s", () => iteration) },
        });
        await inner.race("first", [
          { name: "fast", run: (branch) => branch.step("s", () => iteration) },
          { name: "slow", run: (branch) => branch.sleep("late", "1h") },
          { name: "deaf", run: (branch) => branch.queue.next("never", { names: ["never"] }) },
        ]);
        await inner.map("all", [1, 2, 3], (branch, item) => branch.step("s", () => item));
        await inner.tryStep("refused", () => {
          throw new CriticalError("not today");
        });
        return decide(tools, iteration);
      },
    }),
  );

/** Each iteration answers a request. */
export const requests: LoopSubject = (tools) => {
  const { watch, home } = tools;
  return soaked((ctx) =>
    ctx.loop<number, number>({
      name: "work",
      state: 0,
      run: async (inner, iteration) => {
        await inner.step("ask", ({ signal }) => {
          watch.look(iteration, [signal, ctx.abortSignal]);
          void home.request("question", iteration);
        });
        const question = await inner.queue.next("question", { names: ["question"], completable: true });
        await question.complete(iteration);
        return decide(tools, iteration);
      },
    }),
  );
};

function soaked(run: (ctx: WorkflowContext) => Promise<unknown>): WorkflowDefinition {
  return defineWorkflow({
    name: "soak",
    run: async (ctx: WorkflowContext) => run(ctx),
  }) as WorkflowDefinition;
}
