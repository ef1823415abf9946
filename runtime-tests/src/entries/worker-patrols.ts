// Runs on workerd: runs that are woken by their alarms alone, in objects that die, or whose alarms fail, at any of their events.
import { DurableObject, env } from "cloudflare:workers";
import { defineWorkflow, type StepContext, type WorkflowContext } from "holdfast";
import { objectClient, workflowObject } from "holdfast/cloudflare";

interface Env {
  readonly PATROLS: DurableObjectNamespace<Patrols>;
  readonly LEDGER: Fetcher;
}

const ROUNDS = 3;

/** Writes down outside that a step has started; gives the number of the start. */
async function started({ idempotencyKey }: StepContext): Promise<number> {
  const response = await (env as Env).LEDGER.fetch("http://ledger/", {
    method: "POST",
    body: idempotencyKey,
  });
  return Number(await response.text());
}

/** Sleeps that are over at once, and short ones; waits that mostly run into their timeouts. */
const patrol = defineWorkflow({
  name: "patrol",
  run: async (ctx: WorkflowContext) => {
    const starts: Record<string, number> = {};
    const words: unknown[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      starts[`leave-${round}`] = await ctx.step(`leave-${round}`, started);
      await ctx.sleep(`nap ${round}`, round * 12);
      words.push(...(await ctx.listenNWithTimeout(`listen ${round}`, "word", 5, 20)));
      starts[`arrive-${round}`] = await ctx.step(`arrive-${round}`, started);
    }
    while (!words.includes("last")) words.push(await ctx.listen(`after ${words.length}`, "word"));
    return { starts, words };
  },
});

/** What is still to go wrong in an object: at its how manieth event from now, and how. */
interface Mishap {
  left: number;
  readonly how: string;
}

/** By object; in the memory of the process, as events are of the isolate. */
const mishaps = new Map<string, Mishap[]>();
const living = new Map<string, Patrols>();

/** Whether it is time for the next mishap, and it is of this kind. */
function strikes(id: string, ...kinds: readonly string[]): boolean {
  const [next] = mishaps.get(id) ?? [];
  if (next === undefined || !kinds.includes(next.how)) return false;
  next.left -= 1;
  if (next.left > 0) return false;
  mishaps.get(id)?.shift();
  return true;
}

export class Patrols extends workflowObject(DurableObject, patrol, {
  watchMs: 150,
  observers: [({ workflowId }) => strikes(workflowId, "event") && living.get(workflowId)?.die()],
}) {
  get #id(): string {
    return this.ctx.id.name ?? "";
  }

  prepare(planned: Mishap[]): void {
    mishaps.set(this.#id, planned);
    living.set(this.#id, this);
  }

  die(): void {
    this.ctx.abort("made to die");
  }

  override async alarm(): Promise<void> {
    living.set(this.#id, this);
    if (strikes(this.#id, "alarm")) this.die();
    if (strikes(this.#id, "throw")) throw new Error("made to fail before");
    await super.alarm();
    if (strikes(this.#id, "throw-after")) throw new Error("made to fail after");
  }
}

export default {
  async fetch(request: Request, { PATROLS }: Env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const [, what, id = ""] = pathname.split("/");
    const patrols = objectClient(PATROLS, patrol);
    const handle = patrols.handle(id);
    const text = searchParams.get("text") ?? "";
    try {
      if (what === "prepare") await PATROLS.getByName(id).prepare(JSON.parse(text) as Mishap[]);
      if (what === "start") await patrols.start({ workflowId: id });
      if (what === "word") await handle.send("word", text, { messageId: text });
      const value = what === "result" ? await handle.result({ timeout: "60s" }) : await handle.getState();
      return Response.json({ value });
    } catch (error) {
      return Response.json({ error: String(error) });
    }
  },
};
