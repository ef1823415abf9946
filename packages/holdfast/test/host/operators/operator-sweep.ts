import {
  type Client,
  createClient,
  defineWorkflow,
  type WorkflowDefinition,
  type WorkflowHandle,
} from "holdfast";
import { type VirtualStore, virtualStore } from "../host-on-virtual-clock.ts";
import { interceptedStore } from "../intercepted-store.ts";

/** What is done to the run at one instant of its life. */
export type Operation = (handle: WorkflowHandle, client: Client) => Promise<unknown>;

/** When: before or after the host's call of the store with this number, by the host's own handle or by a client. */
export interface Instant {
  readonly call: number;
  readonly after: boolean;
  readonly by: "host" | "client";
}

/** What became of a run. */
export interface Life {
  /** Calls of the store that the host made, so far as they were counted: the instants there are. */
  readonly calls: number;
  /** Bodies and handlers in the order of their ends: `+a`, `-a`. */
  readonly effects: readonly string[];
  /** How often each body was started. */
  readonly starts: ReadonlyMap<string, number>;
  /** Steps with handlers that have a committed result, last committed first. */
  readonly armed: readonly string[];
  readonly told: { readonly value: unknown } | { readonly error: unknown } | null;
  readonly state: string | null;
}

/** An order of four steps with handlers, in blocks and beside a wait; it fails at its end if it is told to. */
function order(life: { effects: string[]; starts: Map<string, number> }, fails: boolean): WorkflowDefinition {
  const armed = (name: string) => ({
    name,
    run: async () => {
      life.starts.set(name, (life.starts.get(name) ?? 0) + 1);
      await Promise.resolve();
      life.effects.push(`+${name}`);
      return name;
    },
    rollback: (_: unknown, result: string) => void life.effects.push(`-${result}`),
  });
  return defineWorkflow({
    name: "order",
    run: async (ctx) => {
      await ctx.rollbackCheckpoint("checkpoint");
      await ctx.step(armed("a"));
      await ctx.join("both", {
        left: { run: (left) => left.step(armed("b")) },
        right: {
          run: async (right) => {
            await right.listen("wait", "go");
            await right.step(armed("c"));
          },
        },
      });
      await ctx.sleep("rest", 50);
      await ctx.step(armed("d"));
      if (fails) throw new Error("the order fails");
      return "done";
    },
  }) as WorkflowDefinition;
}

/** Runs an order to its end, with the operation at the instant; whoever is paused is resumed. */
export async function liveThrough(
  fails: boolean,
  deed: { readonly operation: Operation; readonly at: Instant } | null,
): Promise<Life> {
  const world = virtualStore();
  const { clock, store } = world;
  const life = { effects: [] as string[], starts: new Map<string, number>() };
  let calls = 0;
  let told: Life["told"] = null;
  let doing: Promise<void> = Promise.resolve();
  const actors = new Map<Instant["by"], Client>();
  const act = (): void => {
    const actor = deed === null ? undefined : actors.get(deed.at.by);
    if (deed === null || actor === undefined) return;
    doing = deed.operation(actor.handle("a"), actor).then(
      (value) => {
        told = { value };
      },
      (error: unknown) => {
        told = { error };
      },
    );
  };
  let exists = false;
  const seen = interceptedStore(store, async (method, go) => {
    if (!exists || method === "wait" || method === "driver.waitForMessages") {
      const done = await go();
      exists ||= method === "create";
      return done;
    }
    const here = ++calls === deed?.at.call;
    if (here && !deed.at.after) act();
    try {
      return await go();
    } finally {
      if (here && deed.at.after) act();
    }
  });
  const host = await world.host({
    workflows: [order(life, fails)],
    store: seen,
    leaseMs: 3_000,
    pollMs: 100,
  });
  const client = createClient({ store, clock, scheduler: clock.scheduler, pollMs: 100 });
  actors.set("client", client).set("host", host);
  const handle = await host.start("order", { workflowId: "a" });
  await client
    .handle("a")
    .send("go", 1)
    .catch(() => {});
  await restOf(world, handle);
  const counted = calls;
  await clock.settle(doing);
  await restOf(world, handle);
  const state = await handle.getState();
  const entries = state === null ? [] : (await handle.history()).entries;
  const armed = entries
    .filter(({ kind, status }) => kind === "step" && status === "completed")
    .toSorted((a, b) => b.sequence - a.sequence)
    .map(({ name }) => name);
  await clock.settle(host.stop({ timeoutMs: 0 }));
  return { calls: counted, ...life, armed, told, state };
}

/** Lets the run go on until it has ended or is gone; a hold is taken away again. */
async function restOf({ clock }: VirtualStore, handle: WorkflowHandle): Promise<void> {
  for (let looks = 0; looks < 600; looks++) {
    const state = await handle.getState();
    if (state === null || state === "completed" || state === "failed" || state === "cancelled") return;
    if (state === "paused") await clock.settle(handle.resume());
    await clock.advance(100);
  }
  throw new Error(`The run has not ended within a minute; it is ${await handle.getState()}.`);
}
