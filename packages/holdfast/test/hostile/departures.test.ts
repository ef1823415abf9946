import { defaultCodec, Loop, type PayloadCodec, type WorkflowContext } from "holdfast";
import { beforeEach, describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

const slowCodec: PayloadCodec = {
  encode: async (value, what) => defaultCodec.encode(value, what),
  decode: async (bytes) => defaultCodec.decode(bytes),
};

type Inside = (inner: WorkflowContext) => Promise<void>;

/** A block around `inside`. */
const blocks: Readonly<Record<string, (ctx: WorkflowContext, inside: Inside) => Promise<unknown>>> = {
  try: (ctx, inside) => ctx.try("b", inside),
  loop: (ctx, inside) =>
    ctx.loop("b", async (inner) => {
      await inside(inner);
      return Loop.break();
    }),
  join: (ctx, inside) => ctx.join("b", { only: { run: inside } }),
  race: (ctx, inside) => ctx.race("b", [{ name: "only", run: inside }]),
  map: (ctx, inside) => ctx.map("b", [1], inside),
};

/** The codes of an error and of all that it gathers. */
function* codesIn(error: unknown): IterableIterator<unknown> {
  const { code, errors = [] } = error as { code?: unknown; errors?: object };
  yield code;
  for (const inner of Object.values(errors)) yield* codesIn((inner as { error?: unknown }).error ?? inner);
}

const kinds = Object.keys(blocks).flatMap((kind) => [
  { kind, speed: "fast", codec: defaultCodec as PayloadCodec },
  { kind, speed: "slow", codec: slowCodec },
]);

describe.each(kinds)("at the end of a $kind, with a $speed codec", ({ kind, codec }) => {
  it("a send that nobody awaits is sent and recorded, once, whatever dies later", async () => {
    const workflow = async (ctx: WorkflowContext) => {
      await blocks[kind]?.(ctx, async (inner) => void inner.queue.send("note", kind));
      await ctx.sleep("nap", "1h");
      return ctx.listenNWithTimeout("all", "note", 10, 0);
    };
    expect((await lab.run(workflow, { codec })).state).toBe("sleeping");
    const { entries } = await lab.start(workflow, { codec }).history();
    expect(entries.filter((entry) => entry.kind === "send")).toHaveLength(1);
    await lab.clock.advance(3_600_000);
    expect((await lab.run(workflow, { codec })).output).toEqual([kind]);
  });

  it("an answer that nobody awaits reaches who asked, and is recorded", async () => {
    const workflow = async (ctx: WorkflowContext) => {
      await blocks[kind]?.(ctx, async (inner) => {
        const { body, complete } = await inner.queue.next("ask", { names: ["ask"], completable: true });
        void complete([body, "answered"]);
      });
      await ctx.sleep("nap", "1h");
    };
    const handle = lab.start(workflow, { codec, mode: "live" });
    const answer = handle.request("ask", kind, { timeout: "1m" });
    expect(await lab.clock.settle(answer)).toEqual([kind, "answered"]);
    const { entries } = await handle.history();
    expect(entries.filter((entry) => entry.kind === "answer")).toHaveLength(1);
  });

  it("a send that is refused and that nobody awaits fails the block", async () => {
    const workflow = (ctx: WorkflowContext) =>
      blocks[kind]?.(ctx, async (inner) => void inner.queue.send("note", 1, { to: "nobody" })) ??
      Promise.resolve();
    expect([...codesIn(await lab.failure(workflow, { codec }))]).toContain("FAILURE_UNAWAITED");
  });
});

describe("an answer", () => {
  it("is what it was when it was given, in replay as well", async () => {
    const receive = (ctx: WorkflowContext) => ctx.queue.next("ask", { names: ["ask"], completable: true });
    const before = async (ctx: WorkflowContext) => {
      await receive(ctx);
      await ctx.sleep("nap", "1m");
    };
    const after = async (ctx: WorkflowContext) => {
      const message = await receive(ctx);
      const response = { state: "as given" };
      const answered = message.complete(response);
      response.state = "changed since";
      await Promise.all([answered, ctx.sleep("nap", "1m")]);
    };
    await lab.run(before);
    const first = lab.start(before);
    void first.request("ask", 1, { messageId: "q", timeout: "1s" }).catch(() => {});
    await lab.clock.settle(first.result);
    const second = lab.start(after, { mode: "live" });
    await lab.clock.settle(second.result);
    expect(await lab.clock.settle(second.request("ask", 1, { messageId: "q" }))).toEqual({
      state: "as given",
    });
  });

  it("that nobody awaits is given by code that has nothing else to do any more", async () => {
    const program = (nap: (ctx: WorkflowContext) => Promise<void>) => async (ctx: WorkflowContext) => {
      const message = await ctx.queue.next("ask", { names: ["ask"], completable: true });
      await nap(ctx);
      void message.complete("late");
    };
    const before = program((ctx) => ctx.sleep("nap", "1m"));
    await lab.run(before);
    const first = lab.start(before);
    void first.request("ask", 1, { messageId: "q", timeout: "1s" }).catch(() => {});
    await lab.clock.settle(first.result);
    const second = lab.start(
      program((ctx) => ctx.removed("nap", "sleep")),
      { mode: "live" },
    );
    expect((await lab.clock.settle(second.result)).state).toBe("completed");
    expect(await lab.clock.settle(second.request("ask", 1, { messageId: "q" }))).toBe("late");
  });

  it("reaches whoever asked by another handle on the same storage", async () => {
    const program = async (ctx: WorkflowContext) => {
      const message = await ctx.queue.next("ask", { names: ["ask"], completable: true });
      await message.complete("here");
    };
    const begun = lab.clock.now();
    const first = lab.start(program);
    await lab.clock.settle(first.result);
    const asked = Promise.allSettled([1, 2].map((body) => first.request("ask", body, { timeout: "1m" })));
    const second = lab.start(program);
    expect((await lab.clock.settle(second.result)).state).toBe("completed");
    const [answer, unheard] = await lab.clock.settle(asked);
    expect(answer).toEqual({ status: "fulfilled", value: "here" });
    expect(unheard).toMatchObject({ reason: { code: "RUN_FINISHED" } });
    expect(lab.clock.now()).toBeLessThan(begun + 60_000);
  });
});
