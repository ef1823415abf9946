import { DurableObject } from "cloudflare:workers";
import { HoldfastError } from "holdfast";
import { objectClient, workflowObject } from "holdfast/cloudflare";
import { type OrderInput, order } from "./order.ts";

/** Each object is one order. */
export class Orders extends workflowObject(DurableObject, order, { watchMs: 1_000 }) {}

interface Env {
  readonly ORDERS: DurableObjectNamespace<Orders>;
}

/** POST /orders/7 · POST /orders/7/shipped · GET /orders/7 · GET /orders/7/result · DELETE /orders/7 */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const [, kind, workflowId, what = ""] = new URL(request.url).pathname.split("/");
    if (kind !== "orders" || workflowId === undefined) return new Response("Not found", { status: 404 });
    try {
      return Response.json(await answer(env, { call: `${request.method} ${what}`, workflowId, request }));
    } catch (error) {
      if (!HoldfastError.is(error)) throw error;
      return Response.json({ code: error.code, message: error.message }, { status: 409 });
    }
  },
};

async function answer(
  { ORDERS }: Env,
  asked: { readonly call: string; readonly workflowId: string; readonly request: Request },
): Promise<unknown> {
  const orders = objectClient(ORDERS, order);
  const { call, workflowId, request } = asked;
  const handle = orders.handle(workflowId);
  switch (call) {
    case "POST ":
      await orders.start({ workflowId, input: (await request.json()) as OrderInput });
      return { started: workflowId };
    case "POST shipped":
      await handle.send("shipped", await request.json(), { messageId: "shipped" });
      return { told: "shipped" };
    case "GET ": {
      const { status, entries } = await handle.history();
      return { status, steps: entries.map(({ name, kind, status: at }) => `${kind} "${name}": ${at}`) };
    }
    case "GET result":
      return handle.result();
    case "DELETE ":
      return handle.cancel({ compensate: true });
    default:
      return { unknown: call };
  }
}
