import { CriticalError, QueueTimeoutError, RetryAfterError } from "holdfast";
import type { Part } from "./program.ts";
import type { Play } from "./strand.ts";

/** How long a sleep or a wait of this part is: some are over at once, others last longer than a pass. */
function lengthOf({ variant }: Part): number {
  return [0, 1, 50, 500, 5_000, 60_000][variant % 6] as number;
}

function messageOf({ variant }: Part): string {
  return variant % 2 === 0 ? "a" : "b";
}

/** Parts that have nothing inside: one operation each. */
export const operations: Readonly<Record<string, Play>> = {
  step: (strand, part) => {
    const name = strand.name(part);
    return strand.result(name, strand.ctx.step(name, strand.body(part.variant % 40)));
  },

  brittle: (strand, part) => {
    const name = strand.name(part);
    const run = async (step: Parameters<ReturnType<typeof strand.body>>[0]): Promise<number> => {
      const value = await strand.body(part.variant % 20)(step);
      if (value < 4) throw new Error(`attempt ${step.attempt} failed`);
      return value;
    };
    const retryBackoffBase = part.variant % 4 === 0 ? 3_000 : 10;
    return strand.result(name, strand.ctx.step({ name, maxRetries: 3, retryBackoffBase, run }));
  },

  failing: (strand, part) => {
    const name = strand.name(part);
    const run = async (step: Parameters<ReturnType<typeof strand.body>>[0]): Promise<never> => {
      await strand.starts(step, part.variant % 10);
      throw part.variant % 3 === 0 ? new CriticalError("no") : new Error("not now");
    };
    return strand.result(
      name,
      strand.ctx.step({ name, maxRetries: part.variant % 2, retryBackoffBase: 5, run }),
    );
  },

  later: (strand, part) => {
    const name = strand.name(part);
    const run = async (step: Parameters<ReturnType<typeof strand.body>>[0]): Promise<number> => {
      const value = await strand.body()(step);
      if (step.attempt === 1) throw new RetryAfterError(part.variant % 2 === 0 ? 20 : 4_000);
      return value;
    };
    return strand.result(name, strand.ctx.step({ name, maxRetries: 2, run }));
  },

  slow: (strand, part) => {
    const name = strand.name(part);
    const options = {
      timeout: 15,
      maxRetries: 1,
      retryBackoffBase: 5,
      retryOnTimeout: part.variant % 2 === 0,
    };
    return strand.result(name, strand.ctx.step(name, strand.body(part.variant % 30), options));
  },

  ephemeral: (strand, part) => {
    const name = strand.name(part);
    return strand.result(name, strand.ctx.step(name, strand.body(), { ephemeral: true }));
  },

  once: (strand, part) => {
    const name = strand.name(part);
    return strand.result(name, strand.ctx.step(name, strand.body(5), { delivery: "at-most-once" }));
  },

  armed: (strand, part) => {
    const name = strand.name(part);
    const run = strand.body(part.variant % 20);
    return strand.result(name, strand.ctx.step({ name, run, rollback: strand.handler() }));
  },

  tried: (strand, part) => {
    const name = strand.name(part);
    const run = async (step: Parameters<ReturnType<typeof strand.body>>[0]): Promise<number> => {
      const value = await strand.body(part.variant % 9)(step);
      if (value % 2 === 0) throw new Error("even");
      return value;
    };
    return strand.result(name, strand.ctx.tryStep({ name, maxRetries: 0, run }));
  },

  drawing: async (strand, part) => {
    const { ctx } = strand;
    const name = strand.name(part);
    strand.sees(`${ctx.random()} ${ctx.uuid()}`);
    const value = await strand.result(name, ctx.step(name, strand.body()));
    strand.sees(`${ctx.random()}`);
    return value;
  },

  sleep: (strand, part) => {
    const name = strand.name(part);
    return strand.result(name, strand.ctx.sleep(name, lengthOf(part)));
  },

  listen: (strand, part) => {
    const name = strand.name(part);
    return strand.result(name, strand.ctx.listenWithTimeout(name, messageOf(part), lengthOf(part)));
  },

  batch: (strand, part) => {
    const name = strand.name(part);
    const options = { names: ["a", "b"], count: 1 + (part.variant % 4), timeout: lengthOf(part) };
    return strand.result(name, strand.ctx.queue.nextBatch(name, options));
  },

  answered: async (strand, part) => {
    const name = strand.name(part);
    const options = { names: [messageOf(part)], timeout: lengthOf(part), completable: true } as const;
    try {
      const message = await strand.result(name, strand.ctx.queue.next(name, options));
      await message.complete({ to: message.body });
      return message.id;
    } catch (error) {
      if (QueueTimeoutError.is(error)) return "nothing";
      throw error;
    }
  },

  send: async (strand, part) => {
    await strand.ctx.queue.send(messageOf(part), { drawn: strand.ctx.random() });
    strand.sees("it was sent");
  },

  version: (strand, part) => {
    const name = strand.name(part);
    return strand.result(name, strand.ctx.getVersion(name, 2));
  },

  microtasks: async (_strand, part) => {
    for (let i = part.variant % 9; i > 0; i--) await null;
    return part.variant % 10;
  },
};
