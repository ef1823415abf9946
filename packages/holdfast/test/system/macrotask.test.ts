import { describe, expect, test } from "vitest";
import { macrotask, type TaskRuntime } from "../../src/system/system-world.ts";

/** What is posted arrives with the next microtask, as in workerd. */
class HastyChannel {
  readonly port1: { onmessage: (() => void) | null } = { onmessage: null };
  readonly port2 = { postMessage: (): void => queueMicrotask(() => this.port1.onmessage?.()) };
}

const MessageChannel = HastyChannel as unknown as NonNullable<TaskRuntime["MessageChannel"]>;
const navigator = { userAgent: "Cloudflare-Workers" };

const runtimes: readonly (readonly [name: string, runtime: TaskRuntime])[] = [
  ["Node, Bun, Deno, and workerd with nodejs_compat", { setImmediate, MessageChannel, navigator }],
  ["workerd", { MessageChannel, navigator }],
  ["a runtime with timers alone", {}],
];

describe("a macrotask comes after all microtasks", () => {
  test.each(runtimes)("of %s", async (_name, runtime) => {
    let microtasks = 0;
    const resumed = new Promise<number>((resolve) => macrotask(runtime)(() => resolve(microtasks)));
    let chain = Promise.resolve();
    for (let link = 0; link < 100; link++) {
      chain = chain.then(() => {
        microtasks += 1;
      });
    }
    expect(await resumed).toBe(100);
  });

  test("and ports are asked where they are tasks, one call back for each call", async () => {
    const task = macrotask({ MessageChannel });
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3].map((n) => new Promise<void>((resolve) => task(() => resolve(void order.push(n))))),
    );
    expect(order).toEqual([1, 2, 3]);
  });
});
