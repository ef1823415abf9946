import { CriticalError, createHost, defineWorkflow, HoldfastError, type WorkflowContext } from "holdfast";
import { memoryStore } from "holdfast/memory";
import { beforeEach, describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";
import { difference } from "../history/same-value.ts";
import { expectNoStrays } from "./stray-watch.ts";

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

class PaymentError extends Error {
  override readonly name = "PaymentError";
  readonly code = "DECLINED";
  readonly amount = 5n;
  readonly when = new Date(5);
}

class NamedByPrototype extends TypeError {
  override get name(): string {
    return "NamedByPrototype";
  }
}

class OwnCritical extends CriticalError {
  readonly orderId = "o-1";
}

const boom = (): never => {
  throw new Error("boom");
};

/** Everything that can be thrown. Each is made anew. */
const thrown: Readonly<Record<string, () => unknown>> = {
  "an error": () => new Error("e"),
  "a subclass with data": () => new PaymentError("declined"),
  "a subclass named by its prototype": () => new NamedByPrototype("n"),
  "a subclass of the library's": () => new OwnCritical("c"),
  "an error with a chain of causes": () =>
    new Error("a", { cause: new RangeError("b", { cause: new PaymentError("c") }) }),
  "an error that is its own cause": () => {
    const error: Error = new Error("self");
    error.cause = error;
    return error;
  },
  "an AggregateError": () => new AggregateError([new TypeError("x"), 5, null, new PaymentError("p")], "all"),
  "a DOMException": () => new DOMException("stopped", "AbortError"),
  "an error without a stack": () => Object.assign(new Error("s"), { stack: undefined }),
  "an error with a function in it": () => Object.assign(new Error("f"), { retry: () => 1, n: 1 }),
  "an error whose message is no string": () => Object.assign(new Error("m"), { message: { a: 1 } }),
  "an error whose code is a number": () => Object.assign(new Error("m"), { code: 404 }),
  "an error whose getters throw": () =>
    Object.defineProperties(new Error("g"), {
      message: { get: boom },
      name: { get: boom },
      stack: { get: boom },
      cause: { get: boom },
      data: { get: boom, enumerable: true },
    }),
  "a frozen error": () => Object.freeze(new Error("frozen")),
  "a proxy of an error": () => new Proxy(new PaymentError("p"), {}),
  "a proxy that throws": () => new Proxy(new Error("p"), { get: boom, ownKeys: boom, getPrototypeOf: boom }),
  "a revoked proxy": () => {
    const { proxy, revoke } = Proxy.revocable(new Error("r"), {});
    revoke();
    return proxy;
  },
  "an error of a megabyte": () => new Error("x".repeat(1_000_000)),
  undefined: () => undefined,
  null: () => null,
  zero: () => 0,
  "minus zero": () => -0,
  NaN: () => Number.NaN,
  "an empty string": () => "",
  "a lone surrogate": () => "\ud800",
  "a symbol": () => Symbol("s"),
  "a function": () => boom,
  "a big integer": () => 2n ** 5_000n,
  "plain data": () => ({ code: "X", list: [1, { a: 1 }] }),
  "an instance of a class": () =>
    new (class Response {
      status = 500;
    })(),
};

/** What code can see of something that was thrown, whatever it is. */
const seen = (error: unknown): unknown => ({ error, text: describeAll(error, 0) });

function describeAll(error: unknown, depth: number): string {
  if (!(error instanceof Error) || depth > 4)
    return `${typeof error}:${typeof error === "object" ? "" : String(error)}`;
  const own = Reflect.ownKeys(error).map(String).sort().join();
  const is = [TypeError, RangeError, AggregateError, DOMException, HoldfastError, CriticalError]
    .filter((known) => error instanceof known)
    .map(({ name }) => name);
  return [error.name, error.message, error.stack, own, is, describeAll(error.cause, depth + 1)].join("|");
}

describe.each(Object.entries(thrown))("%s", (_what, make) => {
  it("that a step throws is the same for the code at first, on replay, and for who asks a host", async () => {
    expectNoStrays();
    const views: unknown[] = [];
    const workflow = async (ctx: WorkflowContext) => {
      try {
        await ctx.step({
          name: "a",
          maxRetries: 0,
          retryIf: () => false,
          run: () => {
            throw make();
          },
        });
      } catch (error) {
        views.push(seen(error));
        await ctx.sleep("rest", 10);
        throw error;
      }
    };
    await lab.run(workflow);
    await lab.clock.advance(10);
    const outcome = await lab.outcome(workflow);
    expect(views).toHaveLength(2);
    expect(difference(views[1], views[0])).toBeNull();
    expect(outcome.ok).toBe(false);
    if (!outcome.ok) expect(difference(seen(outcome.error), views[0])).toBeNull();
  });

  it("that a workflow throws is told by a host as it is stored, and never as a stray", async () => {
    expectNoStrays();
    const store = memoryStore();
    const fails = defineWorkflow({ name: "fails", run: () => Promise.reject(make()) });
    const host = await createHost({ store, workflows: [fails] });
    const handle = await host.start(fails, { workflowId: "a" });
    const first = await handle.result().then(() => "completed", seen);
    expect(difference(await handle.getError().then(seen), first)).toBeNull();
    expect(await handle.getState()).toBe("failed");
    await host.stop();
  });
});
