// Runs on workerd: objects that are runs, and a client that asks them as a worker does.
import { DurableObject } from "cloudflare:workers";
import { CriticalError, defineWorkflow, HoldfastError, type WorkflowContext } from "holdfast";
import { objectClient, type RunHistory, workflowObject } from "holdfast/cloudflare";

/** Which process this is; it cannot be known outside of a request. */
let life: string | undefined;
const thisLife = (): string => {
  life ??= crypto.randomUUID();
  return life;
};

interface Order {
  readonly napMs?: number;
  readonly hang?: boolean;
  readonly fail?: boolean;
}

const hung = new Set<string>();

async function pay(name: string, { hang, fail }: Order): Promise<string> {
  if (fail === true) {
    throw new CriticalError("declined", { cause: Object.assign(new TypeError("limit"), { amount: 10n }) });
  }
  // The first time in the first life it never ends.
  const first = hang === true && !hung.has(name);
  hung.add(name);
  return first ? new Promise(() => {}) : thisLife();
}

const order = defineWorkflow({
  name: "order",
  run: async (ctx: WorkflowContext, input: Order) => {
    const packed = await ctx.step("pack", thisLife);
    if (input.napMs !== undefined) await ctx.sleep("nap", input.napMs);
    const paid = await ctx.step("pay", () => pay(ctx.workflowId, input));
    return { id: ctx.workflowId, packed, paid };
  },
});

const desk = defineWorkflow({
  name: "desk",
  run: async (ctx: WorkflowContext) => {
    const seen: unknown[] = [];
    for (let number = 1; ; number++) {
      const next = await ctx.queue.next(`wait ${number}`, { names: ["ask", "close"], completable: true });
      seen.push(next.body);
      await next.complete({ number, map: new Map([[number, next.body]]) });
      if (next.name === "close") return seen;
    }
  },
});

export class Orders extends workflowObject(DurableObject, order, { watchMs: 300 }) {
  /** The object dies as a deploy or a fault of the machine would have it. */
  die(): void {
    this.ctx.abort("made to die");
  }

  /** Tables of one's own in the same storage. */
  own(): unknown {
    this.ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS mine (n INTEGER)");
    this.ctx.storage.sql.exec("INSERT INTO mine VALUES (1)");
    return this.ctx.storage.sql.exec("SELECT count(*) AS n FROM mine").one().n;
  }

  async stored(): Promise<unknown> {
    const tables = this.ctx.storage.sql
      .exec("SELECT name FROM sqlite_master WHERE name = 'holdfast'")
      .toArray();
    return { tables: tables.length, alarm: await this.ctx.storage.getAlarm() };
  }
}

export class Desks extends workflowObject(DurableObject, desk) {}

interface Env {
  readonly ORDERS: DurableObjectNamespace<Orders>;
  readonly DESKS: DurableObjectNamespace<Desks>;
}

type Answer = (env: Env, id: string, given: URLSearchParams) => Promise<unknown>;

const inputOf = (given: URLSearchParams): Order => JSON.parse(given.get("input") ?? "{}") as Order;

const ANSWERS: Readonly<Record<string, Answer>> = {
  start: async ({ ORDERS }, id, given) => {
    await objectClient(ORDERS, order).start({ workflowId: id, input: inputOf(given) });
    return thisLife();
  },
  state: ({ ORDERS }, id) => objectClient(ORDERS, order).handle(id).getState(),
  result: ({ ORDERS }, id) => objectClient(ORDERS, order).handle(id).result({ timeout: "20s" }),
  history: async ({ ORDERS }, id) => {
    const { entries } = await objectClient(ORDERS, order).handle(id).history();
    return entries.map((entry) => [entry.id, entry.attempts, typeof entry.output()]);
  },
  cancel: ({ ORDERS }, id) => objectClient(ORDERS, order).handle(id).cancel(),
  delete: ({ ORDERS }, id) => objectClient(ORDERS, order).handle(id).delete(),
  send: ({ ORDERS }, id) => objectClient(ORDERS, order).handle(id).send("late"),
  conflict: ({ ORDERS }, id) => objectClient(ORDERS, order).start({ workflowId: id, input: { napMs: 1e9 } }),
  die: async ({ ORDERS }, id) =>
    ORDERS.getByName(id)
      .die()
      .catch(() => null),
  own: ({ ORDERS }, id) => ORDERS.getByName(id).own() as Promise<unknown>,
  stored: ({ ORDERS }, id) => ORDERS.getByName(id).stored() as Promise<unknown>,
  many: async ({ ORDERS }) => {
    const orders = objectClient(ORDERS, order);
    const handles = await Promise.all(
      Array.from({ length: 40 }, (_, n) => orders.start({ workflowId: `many-${n}`, input: { napMs: n } })),
    );
    const results = await Promise.all(handles.map((handle) => handle.result()));
    return results.map(({ id }) => id);
  },
  desk: async ({ DESKS }, id) => {
    const handle = await objectClient(DESKS, desk).start({ workflowId: id });
    const asked = ["a", "a", "b"].map((messageId) => handle.request("ask", messageId, { messageId }));
    const answers = (await Promise.all(asked)) as { number: number; map: Map<number, string> }[];
    await handle.request("close", "end");
    return [answers.map(({ number, map }) => [number, map.get(number)]), await handle.result()];
  },
  /** Without the client: what the platform's own RPC gives. */
  plain: async ({ ORDERS }, id) => {
    const stub = ORDERS.getByName(id);
    const started = await stub.start({});
    const { paid } = await stub.result();
    const code = await stub
      .recover()
      .catch((error: { code?: unknown; message: string }) => error.code ?? error.message);
    // The platform's types take no value for one that can be sent which may be anything.
    const { entries } = (await stub.history()) as unknown as RunHistory;
    return [started, typeof paid, code, entries.map(({ output }) => typeof output), await stub.getState()];
  },
};

/** An error as data, with what is known of its class. */
function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const { code, amount } = error as Error & { code?: string; amount?: unknown };
  return {
    typed: error instanceof HoldfastError,
    name: error.constructor.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(amount === undefined ? {} : { amount: String(amount) }),
    ...(cause === undefined ? {} : { cause: describe(cause) }),
  };
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const [, what = "", id = ""] = pathname.split("/");
    try {
      return Response.json({ value: await ANSWERS[what]?.(env, id, searchParams) });
    } catch (error) {
      return Response.json({ error: describe(error) });
    }
  },
};
