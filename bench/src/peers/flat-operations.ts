import type { Operations } from "../program.ts";

/** An engine without scopes: every name is unique in the run, loops and branches are plain JavaScript. */
export type FlatEngine = Pick<Operations, "step" | "receive" | "sleepUntil">;

/** Operations of an engine without scopes; `scope` comes before each name. */
export function flatOperations(engine: FlatEngine, scope = ""): Operations {
  return {
    step: (name, body) => engine.step(scope + name, body),
    receive: (name, message) => engine.receive(scope + name, message),
    sleepUntil: (name, instant) => engine.sleepUntil(scope + name, instant),
    loop: async (name, iterations, body) => {
      for (let i = 0; i < iterations; i++) await body(flatOperations(engine, `${scope}${name}-${i}.`), i);
    },
    branches: async (kind, count, body) => {
      const indexes = Array.from({ length: count }, (_, index) => index);
      await Promise.all(indexes.map((i) => body(flatOperations(engine, `${scope}${kind}-${i}.`), i)));
    },
  };
}
