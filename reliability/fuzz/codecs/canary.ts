/** Prototypes that decoded data could reach if a decoder assigned through them. */
const REACHABLE = [
  Object.prototype,
  Array.prototype,
  Map.prototype,
  Set.prototype,
  Date.prototype,
  Error.prototype,
  Uint8Array.prototype,
  Function.prototype,
];

/** Notices when a decoder has changed a prototype. */
export class Canary {
  readonly #before = REACHABLE.map(keysOf);

  /** @throws Error when it is dead */
  assertAlive(): void {
    for (const [index, prototype] of REACHABLE.entries()) {
      if (keysOf(prototype) !== this.#before[index]) throw new Error("A prototype was changed by decoding.");
    }
  }
}

function keysOf(prototype: object): string {
  return Reflect.ownKeys(prototype).map(String).join();
}
