import { Loop, type WorkflowContext } from "holdfast";
import { beforeEach, describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";
import { expectNoStrays } from "./stray-watch.ts";

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

/** Values that cannot even be asked whether they are promises. */
const unaskable: Readonly<Record<string, () => object>> = {
  "a revoked proxy": () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  "a proxy that throws": () =>
    new Proxy(
      {},
      {
        get() {
          throw new Error("trap");
        },
      },
    ),
};

const blocks: Readonly<Record<string, (ctx: WorkflowContext, value: () => object) => Promise<unknown>>> = {
  try: (ctx, value) => ctx.try("b", value),
  loop: (ctx, value) => ctx.loop("b", () => Loop.break(value())),
  join: (ctx, value) => ctx.join("b", { one: { run: value } }),
  race: (ctx, value) => ctx.race("b", [{ name: "one", run: value }]),
  map: (ctx, value) => ctx.map("b", [1], value),
  workflow: async (_ctx, value) => ({ inside: value() }),
};

describe.each(Object.entries(unaskable))("%s", (_what, make) => {
  it("as a step's result is refused at once, and the body runs once", async () => {
    expectNoStrays();
    let starts = 0;
    const error = await lab.failure((ctx: WorkflowContext) =>
      ctx.step("a", () => {
        starts += 1;
        return make();
      }),
    );
    expect(error).toMatchObject({ code: "UNSERIALIZABLE_VALUE", path: 'the result of step "a"' });
    expect(error.message).toMatch(/^The result of step "a" cannot be stored: /);
    expect(starts).toBe(1);
  });

  it.each(Object.entries(blocks))(
    "as what a function of %s returns is a typed failure",
    async (_kind, run) => {
      expectNoStrays();
      const error = await lab.failure((ctx: WorkflowContext) => run(ctx, make));
      expect(error.code).toMatch(/^(UNSERIALIZABLE_VALUE|JOIN|RACE|MAP)$/);
      expect(error.message).toContain("cannot be stored");
      expect(await lab.start(async () => 1).getState()).toBe("failed");
    },
  );

  it("as the workflow's own result is a typed failure", async () => {
    expectNoStrays();
    const error = await lab.failure((() => make()) as never);
    expect(error).toMatchObject({ code: "UNSERIALIZABLE_VALUE", path: "output" });
  });
});

describe("messages of errors", () => {
  it("say what cannot be stored and where, in words", async () => {
    const result = { items: [1, { callback: () => 1 }] };
    const error = await lab.failure((ctx: WorkflowContext) => ctx.step("a", () => result));
    expect(error.message).toMatch(
      /^items\[1\]\.callback of the result of step "a" cannot be stored: it is a function\. /,
    );
    const output = await new EngineLab().failure(async () => result);
    expect(output.message).toMatch(/^output\.items\[1\]\.callback cannot be stored: it is a function\. /);
  });

  it.each([
    [250, "250 ms"],
    [30_000, "30 s"],
    [90_000, "1 min 30 s"],
    [3 * 86_400_000 + 7_200_000 + 5, "3 d 2 h"],
  ])("say %i ms as %s", async (timeout, told) => {
    const body = () => new Promise<void>(() => {});
    const error = await lab.failure((ctx: WorkflowContext) => ctx.step({ name: "a", timeout, run: body }));
    expect(error.message).toContain(`within its timeout of ${told}.`);
  });

  it("say sizes exactly, and in larger units", async () => {
    const big = (ctx: WorkflowContext) => ctx.step("a", () => "x".repeat(1_600_000));
    const error = await lab.failure(big);
    expect(error.message).toMatch(
      /^The result of step "a" exceeds the limit "payloadBytes": 1600003 bytes \(1\.5 MiB\), at most 1048576 bytes \(1 MiB\)\. /,
    );
  });
});

describe("what an iteration of a loop returns", () => {
  /** The mark of a decision, as every copy of the library knows it. */
  const decision = Symbol.for("holdfast.loop");
  const trap = (): never => {
    throw new Error("trap");
  };

  it.each<[string, () => object]>([
    ["its decision", () => Object.defineProperty({}, decision, { get: trap })],
    ["its state", () => Object.defineProperty({ [decision]: "continue" }, "state", { get: trap })],
    ["its value", () => Object.defineProperty({ [decision]: "break" }, "value", { get: trap })],
  ])("fails the loop, where it throws when %s is looked at", async (_what, make) => {
    const run = async (ctx: WorkflowContext) => ctx.loop("l", make as never);
    expect(await lab.failure(run)).toMatchObject({ code: "INVALID_ARGUMENT" });
    expect(await lab.start(run).getState()).toBe("failed");
  });
});
