import type { SealedPlace } from "../../storage/damage.ts";
import type { NewMessage } from "../../storage/records.ts";
import { sealOfMessage } from "../../storage/seals.ts";

/** A message in its place; the checksum of the place is null for messages of old. */
export interface Queued {
  readonly message: NewMessage;
  readonly position: number;
  readonly seal: number | null;
}

/** A queued message without its body. */
export function placeOf({ message: { body: _, ...message }, position, seal }: Queued): SealedPlace {
  return { ...message, position, seal };
}

/** A run's queue: first in, first out per name; looking at the oldest costs no more than what is looked at. */
export class MessageQueue {
  /** Per name, by id, in the order of their positions but where some were put in front. */
  readonly #byName = new Map<string, Map<string, Queued>>();
  /** Names of which messages were put in front since they were last looked at. */
  readonly #outOfOrder = new Set<string>();
  readonly #nameOf = new Map<string, string>();
  /** The outermost places that a message of this queue ever had. */
  #first: SealedPlace | null = null;
  #last: SealedPlace | null = null;
  #bytes = 0;

  get size(): number {
    return this.#nameOf.size;
  }

  /** Bytes of the bodies. */
  get bytes(): number {
    return this.#bytes;
  }

  has(id: string): boolean {
    return this.#nameOf.has(id);
  }

  hasName(name: string): boolean {
    return this.#byName.has(name);
  }

  /** @returns the seal of its place */
  insert(workflowId: string, message: NewMessage, position: number): number {
    const seal = sealOfMessage(workflowId, { ...message, position });
    const front = this.#first !== null && position < this.#first.position;
    this.#put({ message, position, seal }, front);
    return seal;
  }

  /** The place that the next message stands beside; null when there never was one. */
  end(front: boolean): SealedPlace | null {
    return front ? this.#first : this.#last;
  }

  /** Takes a message in the place that it had; call it in the order of the queue. */
  adopt(queued: Queued): void {
    this.#put(queued, false);
  }

  #put(queued: Queued, front: boolean): void {
    const { message, position } = queued;
    if (this.#first === null || position < this.#first.position) this.#first = placeOf(queued);
    if (this.#last === null || position > this.#last.position) this.#last = placeOf(queued);
    const queue = this.#byName.get(message.name) ?? new Map<string, Queued>();
    this.#byName.set(message.name, queue.set(message.id, queued));
    if (front) this.#outOfOrder.add(message.name);
    this.#nameOf.set(message.id, message.name);
    this.#bytes += message.body.length;
  }

  /** Takes the message out; undefined when it is not queued. */
  remove(id: string): Queued | undefined {
    const name = this.#nameOf.get(id);
    const queue = name === undefined ? undefined : this.#byName.get(name);
    const queued = queue?.get(id);
    if (name === undefined || queue === undefined || queued === undefined) return undefined;
    this.#nameOf.delete(id);
    queue.delete(id);
    if (queue.size === 0) this.#byName.delete(name);
    this.#bytes -= queued.message.body.length;
    return queued;
  }

  #inOrder(name: string): Iterable<Queued> {
    const queue = this.#byName.get(name);
    if (queue === undefined || !this.#outOfOrder.delete(name)) return queue?.values() ?? [];
    const ordered = [...queue].sort(([, a], [, b]) => a.position - b.position);
    this.#byName.set(name, new Map(ordered));
    return ordered.map(([, queued]) => queued);
  }

  /** The oldest messages of these names; null: of any. */
  oldest(names: readonly string[] | null, count: number): Queued[] {
    const found: Queued[] = [];
    for (const name of names === null ? this.#byName.keys() : new Set(names)) {
      let taken = 0;
      for (const queued of this.#inOrder(name)) {
        if (taken++ >= count) break;
        found.push(queued);
      }
    }
    found.sort((a, b) => a.position - b.position);
    return found.slice(0, count);
  }
}
