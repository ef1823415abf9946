import type { Part } from "./program.ts";
import { shown } from "./shown.ts";
import type { Play, Strand } from "./strand.ts";

/** Starts everything that is inside the part, as strands beside each other. */
function all(strand: Strand, part: Part): Promise<unknown>[] {
  return part.inside.map((_, index) => strand.play(part, index));
}

/** The same, for code that looks at the failures of some of them only. */
function allSeen(strand: Strand, part: Part): Promise<unknown>[] {
  const strands = all(strand, part);
  for (const one of strands) one.catch(() => {});
  return strands;
}

function settled(outcomes: readonly PromiseSettledResult<unknown>[]): string {
  return outcomes.map((one) => shown(one.status === "fulfilled" ? one.value : one.reason)).join(", ");
}

/** A step of the part's own; its value decides where the code goes on. */
async function decision(strand: Strand, part: Part, which: string): Promise<number> {
  const name = strand.name(part, which);
  return strand.result(name, strand.ctx.step(name, strand.body()));
}

async function* yielding(strand: Strand, part: Part): AsyncGenerator<unknown> {
  try {
    for (let i = 0; i < 4; i++) yield await strand.play(part, i, `${i}.`);
  } finally {
    await decision(strand, part, "end");
  }
}

async function recursion(strand: Strand, part: Part, depth: number): Promise<number> {
  if (depth === 0) return 0;
  const value = await decision(strand, part, `${depth}`);
  if (value > 6) return recursion(strand, part, depth - 1);
  await Promise.all([recursion(strand, part, depth - 1), strand.play(part, depth, `${depth}.`)]);
  return value;
}

/** Ways in which JavaScript puts parts together. */
export const controlFlow: Readonly<Record<string, Play>> = {
  sequence: async (strand, part) => {
    let last: unknown;
    for (const index of part.inside.keys()) last = await strand.play(part, index);
    return last;
  },

  all: async (strand, part) => (await Promise.all(all(strand, part))).length,

  allSettled: async (strand, part) => {
    const outcomes = await Promise.allSettled(all(strand, part));
    strand.sees(`all settled: ${settled(outcomes)}`);
    return outcomes.length;
  },

  any: async (strand, part) => {
    const strands = allSeen(strand, part);
    const first = await Promise.any(strands).catch((error: AggregateError) => error.errors.map(shown));
    strand.sees(`any: ${shown(first)}`);
    return (await Promise.allSettled(strands)).length;
  },

  raceOfPromises: async (strand, part) => {
    const strands = allSeen(strand, part);
    const first = await Promise.race(strands).catch((error: unknown) => error);
    strand.sees(`first: ${shown(first)}`);
    const value = await decision(strand, part, "next");
    await Promise.allSettled(strands);
    return value;
  },

  labelled: async (strand, part) => {
    outer: for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 2; j++) {
        const value = await decision(strand, part, `${i}.${j}`);
        if (value > 7) break outer;
        if (value > 5) continue outer;
        await strand.play(part, j, `${i}.${j}.`);
      }
    }
    return "left";
  },

  while: async (strand, part) => {
    let rounds = 0;
    while (rounds < 6 && (await decision(strand, part, `${rounds}`)) > 3) {
      if (rounds < 2) await strand.play(part, rounds, `${rounds}.`);
      rounds += 1;
    }
    return rounds;
  },

  tryCatchFinally: async (strand, part) => {
    try {
      return await strand.play(part, 0);
    } catch (error) {
      strand.sees(`caught ${shown(error)}`);
      return await strand.play(part, 1, "caught.");
    } finally {
      await decision(strand, part, "finally");
    }
  },

  caught: async (strand, part) => {
    try {
      await strand.play(part, 0);
      return "succeeded";
    } catch {
      return "failed";
    }
  },

  generator: async (strand, part) => {
    let count = 0;
    for await (const value of yielding(strand, part)) {
      strand.sees(`yielded ${shown(value)}`);
      count += 1;
      if (count === 2) break;
    }
    return count;
  },

  recursion: (strand, part) => recursion(strand, part, 2),

  switch: async (strand, part) => {
    const value = await decision(strand, part, "case");
    return value % 3 === 0 ? value : strand.play(part, value);
  },

  background: async (strand, part) => {
    const long = strand.ctx.step(strand.name(part, "long"), strand.body(60));
    const inside = await Promise.allSettled([strand.play(part, 0)]);
    strand.sees(`meanwhile ${settled(inside)}, and then ${await long}`);
    return "both";
  },

  leftOver: async (strand, part) => {
    void strand.ctx.sleep(strand.name(part, "sleep"), "100d");
    void strand.ctx.listen(strand.name(part, "wait"), "never");
    return strand.play(part, 0);
  },
};

/** Ways in which strands wait for each other, by promises and variables of their own. */
export const togetherness: Readonly<Record<string, Play>> = {
  mutex: async (strand, part) => {
    let last: Promise<unknown> = Promise.resolve();
    const order: number[] = [];
    const turns = part.inside.map((_, index) => {
      const turn = last.then(() => strand.play(part, index));
      last = turn.catch(() => {}).then(() => order.push(index));
      return turn;
    });
    await Promise.allSettled(turns);
    strand.sees(`in order ${order}`);
    return order.length;
  },

  barrier: async (strand, part) => {
    const first = strand.play(part, 0);
    const opened = first.catch(() => "failed");
    const others = part.inside.slice(1).map(async (_, index) => {
      strand.sees(`past the barrier with ${shown(await opened)}`);
      return strand.play(part, index + 1);
    });
    return (await Promise.allSettled([first, ...others])).length;
  },

  producer: async (strand, part) => {
    const made: unknown[] = [];
    let wake = (): void => {};
    let ended = false;
    const produce = async (): Promise<void> => {
      for (const index of part.inside.keys()) {
        made.push(await strand.play(part, index).catch(shown));
        wake();
      }
      ended = true;
      wake();
    };
    const producing = produce();
    for (let count = 0; !ended || made.length > 0; ) {
      if (made.length > 0) {
        strand.sees(`consumes ${shown(made.shift())}`);
        await decision(strand, part, `${count++}`);
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    return producing;
  },
};
