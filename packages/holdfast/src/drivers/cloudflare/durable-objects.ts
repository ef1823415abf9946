/** A namespace of Durable Objects, as far as it is used: `DurableObjectNamespace` has it. */
export interface DurableObjects {
  idFromName(name: string): unknown;
  /** `id` is what `idFromName` gave. */
  get(id: never): unknown;
}
