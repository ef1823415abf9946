import { createClient } from "#holdfast/host/create-client.ts";
import type { BodyCall, CallingBody } from "../program/body-call.ts";
import { digestOf } from "../program/canonical.ts";
import { Caller, type CallNumbers } from "./caller.ts";
import type { Deeds } from "./deeds.ts";
import type { Desk } from "./desk.ts";
import type { SimHost } from "./sim-host.ts";
import type { SimProcess } from "./sim-process.ts";
import type { World } from "./world.ts";

/** Bodies that run again and again call no more than so often in one world. */
const MOST_CALLS = 300;

/** What bodies do by handles: of the host that runs them, or of a client in its process. */
export class BodyCalls {
  readonly #world: World;
  readonly #hosts: readonly SimHost[];
  readonly #deeds: Deeds;
  readonly #numbers: CallNumbers;
  readonly #clients = new WeakMap<SimProcess, Desk>();

  constructor(world: World, hosts: readonly SimHost[], deeds: Deeds, numbers: CallNumbers) {
    this.#world = world;
    this.#hosts = hosts;
    this.#deeds = deeds;
    this.#numbers = numbers;
  }

  /** Resolves when the call has an answer, whatever it is; never in a process that is dead. */
  async call(process: SimProcess, call: BodyCall, body: CallingBody): Promise<void> {
    const opening = this.#hosts.find((host) => host.process === process)?.host ?? null;
    if (opening === null || this.#world.bodyCalls++ >= MOST_CALLS) return;
    const host = await opening;
    const client = call.by === "host" || this.#world.bare !== null ? host : this.#clientOf(process);
    const caller = new Caller(this.#world, { process, client, numbers: this.#numbers });
    const run = call.to === "self" ? body.run : this.#world.workflowId(call.to);
    await this.#deeds.byBody(caller, call, { run, id: digestOf(body.idempotencyKey) });
  }

  #clientOf(process: SimProcess): Desk {
    const { clock, scheduler, random } = process;
    const known = this.#clients.get(process);
    const client =
      known ?? createClient({ store: this.#world.storeFor(process), clock, scheduler, random, pollMs: 500 });
    this.#clients.set(process, client);
    return client;
  }
}
