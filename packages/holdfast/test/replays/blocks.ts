import { Loop } from "holdfast";
import type { WorkflowContext } from "../../src/model/context.ts";
import { shown } from "./shown.ts";
import type { Play } from "./strand.ts";

/** The engine's own ways to put parts together. */
export const blocks: Readonly<Record<string, Play>> = {
  join: async (strand, part) => {
    const name = strand.name(part);
    const branches = part.inside.map((_, index) => {
      const run = async (ctx: WorkflowContext): Promise<string> =>
        shown(await strand.within(ctx, name, `/~b${index}`).play(part, index));
      return [`b${index}`, { run }] as const;
    });
    return shown(await strand.result(name, strand.ctx.join(name, Object.fromEntries(branches))));
  },

  race: async (strand, part) => {
    const name = strand.name(part);
    const branches = part.inside.map((_, index) => ({
      name: `b${index}`,
      run: async (ctx: WorkflowContext): Promise<string> =>
        shown(await strand.within(ctx, name, `/~b${index}`).play(part, index)),
    }));
    return (await strand.result(name, strand.ctx.race(name, branches))).winner;
  },

  map: async (strand, part) => {
    const { variant, tuning } = part;
    const name = strand.name(part);
    const items = Array.from({ length: 2 + (variant % 3) }, (_, index) => index);
    const run = async (ctx: WorkflowContext, index: number): Promise<string> =>
      shown(await strand.within(ctx, name, `/[${index}]`).play(part, index));
    const concurrency = tuning?.concurrency ?? 1 + (variant % 3);
    const policy =
      variant % 5 === 0 ? { toleratedFailures: 1 } : variant % 7 === 0 ? { minSuccessful: 1 } : {};
    return shown(await strand.result(name, strand.ctx.map(name, items, run, { concurrency, ...policy })));
  },

  loop: async (strand, part) => {
    const { variant, tuning } = part;
    const name = strand.name(part);
    const run = async (ctx: WorkflowContext, round: number) => {
      const inner = strand.within(ctx, name, `/#${round}`);
      await inner.play(part, round);
      const value = await inner.result("round", ctx.step("round", inner.body()));
      return round > variant % 5 || value > 8 ? Loop.break(value) : Loop.continue(round + 1);
    };
    const historyPruneInterval = tuning?.historyPruneInterval ?? 1 + (variant % 4);
    const historySize = tuning?.historySize ?? variant % 3;
    return strand.result(name, strand.ctx.loop({ name, state: 0, run, historyPruneInterval, historySize }));
  },

  try: async (strand, part) => {
    const name = strand.name(part);
    const run = async (ctx: WorkflowContext): Promise<string> =>
      shown(await strand.within(ctx, name).play(part, 0));
    return shown(await strand.result(name, strand.ctx.try(name, run)));
  },
};

/** Blocks are most of what can go wrong: they are picked three times as often as other shapes. */
export const BLOCKS_OFTEN: readonly string[] = [1, 2, 3].flatMap(() => Object.keys(blocks));
