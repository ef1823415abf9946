import { setTimeout } from "node:timers/promises";
import { Workerd } from "./workerd.ts";

const PATIENCE_MS = 10_000;
const LOOK_MS = 10;

/** What the worker says of an error. */
export interface ToldError {
  readonly typed: boolean;
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly amount?: string;
  readonly cause?: ToldError;
}

export interface OrderResult {
  readonly id: string;
  readonly packed: string;
  readonly paid: string;
}

/** The worker of `worker-objects.ts`. */
export class Orders {
  readonly workerd: Workerd;

  private constructor(workerd: Workerd) {
    this.workerd = workerd;
  }

  static async start(compatibilityDate: string, compatibilityFlags: readonly string[]): Promise<Orders> {
    const objects = { ORDERS: "Orders", DESKS: "Desks" };
    const options = { entry: "entries/worker-objects.ts", objects, compatibilityDate, compatibilityFlags };
    return new Orders(await Workerd.start(options));
  }

  /** What a call gives. @throws Error when it gives an error */
  async ask<T>(what: string, id = "", input?: object): Promise<T> {
    const answer = await this.#call(what, id, input);
    if (answer.error !== undefined) throw new Error(`${what} ${id}: ${JSON.stringify(answer.error)}`);
    return answer.value as T;
  }

  /** The error that a call gives. @throws Error when it gives none */
  async refusal(what: string, id = "", input?: object): Promise<ToldError> {
    const answer = await this.#call(what, id, input);
    if (answer.error === undefined) throw new Error(`${what} ${id} gave ${JSON.stringify(answer.value)}`);
    return answer.error;
  }

  /** Waits until the run is in this state. */
  async stands(id: string, state: string): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const now = await this.ask<string | null>("state", id);
      if (now === state) return;
      if (Date.now() > end) throw new Error(`The run ${id} is ${now}, and not ${state}.`);
      await setTimeout(LOOK_MS);
    }
  }

  async #call(what: string, id: string, input?: object): Promise<{ value?: unknown; error?: ToldError }> {
    const given = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
    return (await this.workerd.get(`/${what}/${id}${given}`)) as { value?: unknown; error?: ToldError };
  }
}
