import type { Code, Strand } from "./contest.ts";

/** Code over waits that end one after the other, and what it comes to, by the order in which they do. */
export interface Ordered {
  readonly about: string;
  readonly code: Code;
  readonly comesTo: (order: readonly number[]) => unknown;
}

class Failed extends Error {
  readonly number: number;

  constructor(number: number) {
    super(`strand ${number}`);
    this.number = number;
  }
}

/** Fails where the number is even. */
const evenFails =
  (wait: Strand): Strand =>
  async (ctx, number) => {
    await wait(ctx, number);
    if (number % 2 === 0) throw new Failed(number);
    return number;
  };

const isOdd = (number: number): boolean => number % 2 === 1;

/** The strands by twos; the last one may be alone. */
function pairs(strands: readonly number[]): number[][] {
  return strands.filter((number) => number % 2 === 0).map((number) => strands.slice(number, number + 2));
}

const firstOf = (order: readonly number[], among: readonly number[]): number =>
  order.find((number) => among.includes(number)) as number;

const sorted = (order: readonly number[]): number[] => [...order].sort((one, other) => one - other);

export const ORDERED: readonly Ordered[] = [
  {
    about: "what follows each wait runs in the order in which they end",
    code: async (ctx, strands, wait) => {
      const seen: number[] = [];
      await Promise.all(strands.map((number) => wait(ctx, number).then((given) => seen.push(given))));
      return seen;
    },
    comesTo: (order) => order,
  },
  {
    about: "Promise.race is won by the first",
    code: async (ctx, strands, wait) => {
      const waits = strands.map((number) => wait(ctx, number));
      const winner = await Promise.race(waits);
      await Promise.all(waits);
      return winner;
    },
    comesTo: ([first]) => first,
  },
  {
    about: "Promise.any is won by the first success",
    code: async (ctx, strands, wait) => {
      const waits = strands.map((number) => evenFails(wait)(ctx, number));
      const winner = await Promise.any(waits);
      await Promise.allSettled(waits);
      return winner;
    },
    comesTo: (order) => order.find(isOdd),
  },
  {
    about: "Promise.all rejects with the first failure",
    code: async (ctx, strands, wait) => {
      const waits = strands.map((number) => evenFails(wait)(ctx, number));
      const failed = await Promise.all(waits).catch((error: Failed) => error.number);
      await Promise.allSettled(waits);
      return failed;
    },
    comesTo: (order) => order.find((number) => !isOdd(number)),
  },
  {
    about: "Promise.allSettled and what goes on beside it",
    code: async (ctx, strands, wait) => {
      const seen: string[] = [];
      const waits = strands.map((number) => evenFails(wait)(ctx, number));
      for (const one of waits)
        one.then(
          (number) => seen.push(`${number} is good`),
          (error: Failed) => seen.push(`${error.number} is bad`),
        );
      const all = await Promise.allSettled(waits);
      return [all.map(({ status }) => status), seen];
    },
    comesTo: (order) => [
      sorted(order).map((number) => (isOdd(number) ? "fulfilled" : "rejected")),
      order.map((number) => `${number} is ${isOdd(number) ? "good" : "bad"}`),
    ],
  },
  {
    about: "races of the language inside each other",
    code: async (ctx, strands, wait) => {
      const waits = strands.map((number) => wait(ctx, number));
      const winners = await Promise.all(
        pairs(strands).map((pair) => Promise.race(pair.map((number) => waits[number]))),
      );
      await Promise.all(waits);
      return winners;
    },
    comesTo: (order) => pairs(sorted(order)).map((pair) => firstOf(order, pair)),
  },
  {
    about: "a variable that strands share",
    code: async (ctx, strands, wait) => {
      let count = 0;
      const ranks = strands.map(async (number) => {
        await wait(ctx, number);
        const rank = count++;
        return ctx.step(`rank of ${number}`, () => rank);
      });
      return Promise.all(ranks);
    },
    comesTo: (order) => sorted(order).map((number) => order.indexOf(number)),
  },
  {
    about: "a queue of waits that are asked for as others end",
    code: async (ctx, strands, wait) => {
      const seen: number[] = [];
      const [first, ...rest] = strands;
      const waits = rest.map((number) => wait(ctx, number).then((given) => seen.push(given)));
      await wait(ctx, first as number);
      const soFar = await ctx.step("so far", () => [...seen]);
      await Promise.all(waits);
      return [soFar, seen];
    },
    comesTo: (order) => [order.slice(0, order.indexOf(0)), order.filter((number) => number !== 0)],
  },
  {
    about: "a join waits for all of its branches",
    code: async (ctx, strands, wait) => {
      const branches = strands.map(
        (number) => [`branch ${number}`, { run: (branch: typeof ctx) => wait(branch, number) }] as const,
      );
      return Object.values(await ctx.join("join", Object.fromEntries(branches)));
    },
    comesTo: sorted,
  },
  {
    about: "a race is won by the first success",
    code: async (ctx, strands, wait) => {
      const branches = strands.map((number) => ({
        name: `branch ${number}`,
        run: (branch: typeof ctx) => evenFails(wait)(branch, number),
      }));
      const { winner, value } = await ctx.race("race", branches);
      return [winner, value];
    },
    comesTo: (order) => [`branch ${order.find(isOdd)}`, order.find(isOdd)],
  },
  {
    about: "races in a join",
    code: async (ctx, strands, wait) => {
      const branches = pairs(strands).map((pair, index) => {
        const run = (branch: typeof ctx) =>
          branch.race(
            "race",
            pair.map((number) => ({
              name: `${number}`,
              run: (strand: typeof ctx) => wait(strand, number),
            })),
          );
        return [`${index}`, { run }] as const;
      });
      return Object.values(await ctx.join("join", Object.fromEntries(branches)));
    },
    comesTo: (order) =>
      pairs(sorted(order)).map((pair) => {
        const value = firstOf(order, pair);
        return { winner: `${value}`, value };
      }),
  },
  {
    about: "a join in a race that goes on beside it",
    code: async (ctx, strands, wait) => {
      const [alone, ...together] = strands;
      const branches = together.map(
        (number) => [`${number}`, { run: (branch: typeof ctx) => wait(branch, number) }] as const,
      );
      const { winner } = await ctx.race<unknown>("race", [
        { name: "alone", run: (branch) => wait(branch, alone as number) },
        { name: "together", run: (branch) => branch.join("join", Object.fromEntries(branches)) },
      ]);
      return winner;
    },
    comesTo: (order) => (order.at(-1) === 0 ? "together" : "alone"),
  },
  {
    about: "a map that ends with its second success",
    code: async (ctx, strands, wait) => {
      const run = (item: typeof ctx, number: number): Promise<number> => wait(item, number);
      const results = await ctx.map("map", strands, run, { minSuccessful: 2 });
      return results.map((given) => given ?? null);
    },
    comesTo: (order) => sorted(order).map((number) => (order.indexOf(number) < 2 ? number : null)),
  },
  {
    about: "items of a map, two at a time",
    code: async (ctx, strands, wait) => {
      // All waits are open from the beginning; the items look at two of them at a time.
      const waits = strands.map((number) => wait(ctx, number));
      const results: number[] = [];
      for (const pair of pairs(strands))
        results.push(await Promise.race(pair.map((n) => waits[n] as Promise<number>)));
      await Promise.all(waits);
      return results;
    },
    comesTo: (order) => {
      const done = (pair: readonly number[], from: number): number =>
        Math.max(from, Math.min(...pair.map((number) => order.indexOf(number))));
      let from = -1;
      return pairs(sorted(order)).map((pair) => {
        const before = pair.filter((number) => order.indexOf(number) <= from);
        const winner = before.length > 0 ? (before[0] as number) : firstOf(order, pair);
        from = done(pair, from);
        return winner;
      });
    },
  },
];
