import { defaultCodec, Loop, type PayloadCodec, StorageError, type WorkflowContext } from "holdfast";
import { beforeEach, describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";
import { expectNoStrays } from "./stray-watch.ts";

let lab: EngineLab;
let bottom: unknown;
beforeEach(() => {
  lab = new EngineLab();
});

/** The default codec, but what has been marked as secret cannot be decoded while `down()`. */
function withSecrets(down: () => boolean, asynchronous: boolean): PayloadCodec {
  const decode = (bytes: Uint8Array): unknown => {
    const value = defaultCodec.decode(bytes);
    if (down() && typeof value === "object" && value !== null && "secret" in value)
      throw new Error("the key server is down");
    return value;
  };
  return {
    encode: (value, what) => defaultCodec.encode(value, what),
    decode: asynchronous ? async (bytes) => decode(bytes) : decode,
  };
}

describe.each([
  { codec: "synchronous", asynchronous: false },
  { codec: "asynchronous", asynchronous: true },
])("a failing $codec codec", ({ asynchronous }) => {
  it("beneath a loop's state ends the pass, and the run goes on later", async () => {
    expectNoStrays();
    let down = true;
    const codec = withSecrets(() => down, asynchronous);
    const workflow = (ctx: WorkflowContext) =>
      ctx.loop({
        name: "l",
        state: { secret: 1 },
        run: async (inner, state: { secret: number }) => {
          await inner.step("s", () => 1);
          return Loop.break(state.secret);
        },
      });
    expect(await lab.failure(workflow, { codec })).toBeInstanceOf(StorageError);
    down = false;
    expect((await lab.run(workflow, { codec })).output).toBe(1);
  });

  it("beneath a heartbeat's details costs no attempt", async () => {
    expectNoStrays();
    let down = false;
    const codec = withSecrets(() => down, asynchronous);
    const workflow = (ctx: WorkflowContext) =>
      ctx.step("s", ({ attempt, heartbeat, lastHeartbeat }) => {
        if (attempt > 1) return { attempt, lastHeartbeat };
        heartbeat({ secret: 1 });
        down = true;
        throw new Error("try again");
      });
    expect(await lab.failure(workflow, { codec, mode: "live" })).toBeInstanceOf(StorageError);
    down = false;
    const { output } = await lab.run(workflow, { codec, mode: "live" });
    expect(output).toEqual({ attempt: 2, lastHeartbeat: { secret: 1 } });
  });

  it("beneath the rollback of a loop undoes nothing before it works again", async () => {
    expectNoStrays();
    let down = false;
    const undone: number[] = [];
    const codec = withSecrets(() => down, asynchronous);
    const workflow = async (ctx: WorkflowContext) => {
      await ctx.rollbackCheckpoint("c");
      await ctx.loop({
        name: "l",
        state: { secret: 1 },
        run: async (inner, { secret }: { secret: number }) => {
          await inner.step({
            name: "s",
            run: () => secret,
            rollback: (_ctx, value) => void undone.push(value),
          });
          return secret < 3 ? Loop.continue({ secret: secret + 1 }) : Loop.break();
        },
      });
      down = true;
      throw new Error("undo");
    };
    expect(await lab.failure(workflow, { codec })).toBeInstanceOf(StorageError);
    expect(undone).toEqual([]);
    down = false;
    expect((await lab.failure(workflow, { codec })).message).toBe("undo");
    expect(undone).toEqual([3, 2, 1]);
  });
});

/** One more block around `inside`. */
const blocks: Readonly<
  Record<string, (ctx: WorkflowContext, inside: (inner: WorkflowContext) => Promise<unknown>) => unknown>
> = {
  try: (ctx, inside) => ctx.try("b", inside),
  loop: (ctx, inside) => ctx.loop("b", async (inner) => Loop.break(await inside(inner))),
  join: (ctx, inside) => ctx.join("b", { only: { run: inside } }),
  race: (ctx, inside) => ctx.race("b", [{ name: "only", run: inside }]),
  map: (ctx, inside) => ctx.map("b", [1], inside),
};

describe.each(Object.keys(blocks))("blocks of the kind %s", (kind) => {
  /** So many blocks, one in the other; gives the step's result, or the error that ended the way down. */
  const nest = (depth: number) => {
    const down = async (ctx: WorkflowContext, left: number): Promise<unknown> => {
      if (left === 0) return ctx.step("s", () => "bottom");
      let result: unknown;
      const inside = async (inner: WorkflowContext): Promise<void> => {
        result = await down(inner, left - 1);
      };
      try {
        await blocks[kind]?.(ctx, inside);
        return result;
      } catch (error) {
        return error;
      }
    };
    return async (ctx: WorkflowContext): Promise<void> => {
      bottom = await down(ctx, depth);
    };
  };

  it("may be nested 64 deep", async () => {
    await lab.run(nest(64));
    expect(bottom).toBe("bottom");
  });

  it.each([65, 1_000])(
    "are refused where %i are nested, and nothing of those too deep is written",
    async (depth) => {
      expectNoStrays();
      const handle = lab.start(nest(depth));
      expect((await lab.clock.settle(handle.result)).state).toBe("completed");
      expect(bottom).toMatchObject({ code: "LIMIT", limit: "depth", actual: 65, maximum: 64 });
      expect((await handle.history()).entries).toHaveLength(64);
    },
  );
});
