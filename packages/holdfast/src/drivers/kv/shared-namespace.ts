import { SerialSection } from "../../storage/serial-section.ts";
import { Waiters } from "../../storage/waiters.ts";
import type { OrderedKV } from "./ordered-kv.ts";

/**
 * What all drivers on one namespace have in common in this process: a message may be sent by one while another runs the run, and a
 * batch is decided on what is stored (P4).
 */
export class SharedNamespace {
  /** One read-decide-write at a time. */
  readonly section: SerialSection = new SerialSection();
  readonly waiters: Waiters = new Waiters();
  /** The alarm as it was set last; undefined: not known. */
  alarm: number | null | undefined = undefined;
}

const shared = new WeakMap<OrderedKV, SharedNamespace>();

export function sharedNamespace(kv: OrderedKV): SharedNamespace {
  const known = shared.get(kv);
  if (known !== undefined) return known;
  const fresh = new SharedNamespace();
  shared.set(kv, fresh);
  return fresh;
}
