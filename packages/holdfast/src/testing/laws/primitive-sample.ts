import type { WorkflowContext } from "../../model/context.ts";
import { Loop } from "../../model/loop.ts";
import type { ScriptedMessage } from "../simulated-run.ts";

/** One operation, asked for under a name. */
export type Perform = (ctx: WorkflowContext, name: string) => Promise<unknown>;

/** A primitive as its test shows it to the laws. */
export interface PrimitiveSample {
  /** What the history calls it. */
  readonly kind: string;
  /** What it is called by those who use it. @default its kind */
  readonly what?: string;
  /** Performs it once, so that it ends by itself, with a result that can be stored. */
  readonly perform: Perform;
  /** A form of it that is still at work after an hour; none for primitives that end at once. */
  readonly lasting?: Perform;
  /** A form of it with steps inside that have rollback handlers: `armed(ctx, name)` is such a step. */
  readonly compensable?: (ctx: WorkflowContext, name: string, armed: Perform) => Promise<unknown>;
  /** Messages that it needs, which are there before the run. */
  readonly messages?: readonly ScriptedMessage[];
  /** Whether its names need not be unique in their scope. @default false */
  readonly repeatable?: boolean;
  /** Whether it leaves nothing in the history of a run that is new to it. @default false */
  readonly unrecorded?: boolean;
}

/** A place where an operation can stand, and how it gets there. */
export interface Site {
  readonly where: string;
  readonly enter: (
    ctx: WorkflowContext,
    act: (inner: WorkflowContext) => Promise<unknown>,
  ) => Promise<unknown>;
}

/** The kinds of scopes. */
export const SITES: readonly Site[] = [
  { where: "at the root", enter: (ctx, act) => act(ctx) },
  { where: "in a try", enter: (ctx, act) => ctx.try("site", act) },
  {
    where: "in a loop",
    enter: (ctx, act) =>
      ctx.loop<number, unknown>({
        name: "site",
        state: 0,
        historyPruneInterval: 1,
        historySize: 0,
        run: async (inner, n) => {
          const value = await act(inner);
          return n === 1 ? Loop.break(value) : Loop.continue(n + 1);
        },
      }),
  },
  { where: "in a join", enter: (ctx, act) => ctx.join("site", { only: { run: act } }) },
  { where: "in a race", enter: (ctx, act) => ctx.race("site", [{ name: "only", run: act }]) },
  { where: "in a map", enter: (ctx, act) => ctx.map("site", [0], act) },
];
