import type { ApiCall, CallOutcome } from "../evidence/fact.ts";
import type { BodyCall } from "../program/body-call.ts";
import { canonicalText } from "../program/canonical.ts";
import { namedValue } from "../program/values.ts";
import type { Caller } from "./caller.ts";
import type { Desk } from "./desk.ts";
import type { Act, Deed } from "./scenario.ts";
import type { World } from "./world.ts";

/** Snapshots after which a watcher has seen enough. */
const SNAPSHOTS = 20;
/** How often somebody whose call the storage failed tries again, and after how many milliseconds. */
const TRIES = 8;
const AGAIN_MS = 150;
/** How many ways of a call a reply takes at most before it sets out. */
const CALLS_LATER = 5;

/** A deed that is one call of the API. */
type Single = Exclude<Deed, { readonly api: "start" } | { readonly api: "send" } | { readonly api: "watch" }>;

type Sending = Extract<Deed, { readonly api: "send" }>;

/** What those outside do to runs. */
export class Deeds {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Starts a planned run; tries until the storage has taken it. */
  async start(caller: Caller, run: number, sameInput = true): Promise<void> {
    const planned = this.#world.scenario.runs[run];
    const program = this.#world.scenario.programs[planned?.program ?? -1];
    if (planned === undefined || program === undefined) return;
    const { workflowId } = planned;
    const input = sameInput ? { run } : { run, other: true };
    const what = { api: "start", workflowName: program.name, input: canonicalText(input) } as const;
    await this.#insist(() =>
      caller.call(
        workflowId,
        what,
        async (client) => (await client.start(program.name, { workflowId, input })).workflowId,
      ),
    );
  }

  /** @param number which act of the world it is: part of the ids that it chooses */
  async perform(caller: Caller, act: Act, number: number): Promise<void> {
    const run = this.#world.workflowId(act.run);
    const { does } = act;
    if (does.api === "start") return this.start(caller, act.run, does.sameInput);
    if (does.api === "watch") return caller.watch(run, SNAPSHOTS);
    if (does.api === "send" && does.replies === true) return this.#reply(caller, { run, does, number });
    if (does.api === "send") {
      const sends = Array.from({ length: does.times }, (_, i) =>
        this.#send(caller, run, does, `m${number}-${i}`),
      );
      await Promise.all(sends);
      return does.againAfterMs === undefined ? undefined : this.#sendAgain(caller, run, does, number);
    }
    if (does.api === "cancel" && does.whileUndone === true) await this.#rollingBack(run);
    await caller.call(run, this.#callOf(does, number), (client) => this.#act(client, { run, does, number }));
  }

  /** What a body does by a handle: with an id of its own, so that each attempt does the same once. */
  async byBody(
    caller: Caller,
    { does, to }: BodyCall,
    { run, id }: { run: string; id: string },
  ): Promise<void> {
    if (does.api === "start") {
      if (to !== "self") await this.start(caller, to);
    } else if (does.api === "send") await this.#send(caller, run, { ...does, times: 1 }, `b${id}`);
    else {
      const number = `b${id}`;
      await caller.call(run, this.#callOf(does, number), (client) =>
        this.#act(client, { run, does, number }),
      );
    }
  }

  #callOf(does: Single, number: number | string): ApiCall {
    switch (does.api) {
      case "request": {
        const body = canonicalText(namedValue(does.body));
        return { api: "request", name: does.name, messageId: `m${number}`, body };
      }
      case "cancel":
        return { api: "cancel", compensate: does.compensate };
      case "rewind":
        return { api: "rewind", to: `at ${does.place}` };
      case "fork":
        return { api: "fork", from: `at ${does.place}`, newId: `fork-${number}` };
      default:
        return { api: does.api };
    }
  }

  async #act(client: Desk, task: { run: string; does: Single; number: number | string }): Promise<unknown> {
    const { run, does, number } = task;
    const handle = client.handle(run);
    switch (does.api) {
      case "request": {
        const options = { messageId: `m${number}`, timeout: does.timeoutMs };
        return handle.request(does.name, namedValue(does.body), options);
      }
      case "cancel":
        return handle.cancel({ compensate: does.compensate });
      case "delete":
        return client.delete(run);
      case "state":
        return handle.getState();
      case "result":
        return handle.result();
      case "history": {
        const { status, entries } = await handle.history();
        return { status, entries: entries.length };
      }
      case "rewind":
      case "fork": {
        const { entries } = await handle.history();
        const entry = entries[Math.floor(does.place * entries.length)];
        if (entry === undefined) return null;
        if (does.api === "rewind") await handle.rewind({ to: entry.id });
        else await handle.fork({ from: entry.id, workflowId: `fork-${number}` });
        return entry.id;
      }
      default:
        return handle[does.api]();
    }
  }

  /** Resolves some time of a few calls after the run has begun to roll back. */
  async #rollingBack(run: string): Promise<void> {
    const { timeline, storage, scenario } = this.#world;
    for (;;) {
      await this.#world.nextCommit(run);
      const record = await timeline.hold(storage.store.get(run));
      if (record?.status === "rolling_back") break;
    }
    const random = this.#world.random(`cancels of ${run}`);
    await timeline.sleep(random.between(0, CALLS_LATER * (scenario.latencyMs + 1)));
  }

  async #sendAgain(caller: Caller, run: string, does: Sending, number: number): Promise<void> {
    await this.#world.timeline.sleep(does.againAfterMs ?? 0);
    for (let i = 0; i < does.times; i++) await this.#send(caller, run, does, `m${number}-${i}`);
  }

  /** Each message sets out some time of a few calls after a commit, so that it comes while the run does whatever is next. */
  async #reply(caller: Caller, act: { run: string; does: Sending; number: number }): Promise<void> {
    const { run, does, number } = act;
    const { scenario, timeline } = this.#world;
    const random = this.#world.random(`replies ${number}`);
    for (let times = 0; times < does.times; times++) {
      await this.#world.nextCommit(run);
      await timeline.sleep(random.between(0, CALLS_LATER * scenario.latencyMs));
      await this.#send(caller, run, does, `m${number}-${times}`);
    }
  }

  /** Sends with an id of the sender's own, so that trying again changes nothing. */
  #send(caller: Caller, run: string, does: Sending, messageId: string): Promise<void> {
    const body = namedValue(does.body);
    const { expiresInMs } = does;
    const options = { messageId, ...(expiresInMs === undefined ? {} : { expiresIn: expiresInMs }) };
    const what = { api: "send", name: does.name, messageId, body: canonicalText(body) } as const;
    return this.#insist(() =>
      caller.call(run, what, (client) => client.handle(run).send(does.name, body, options)),
    );
  }

  async #insist(once: () => Promise<CallOutcome>): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      const outcome = await once();
      if (outcome.ok || outcome.code !== "STORAGE") return;
      await this.#world.timeline.sleep(AGAIN_MS << tries);
    }
  }
}
