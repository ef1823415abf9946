/**
 * Where Holdfast's rows stand in a run's namespace: under a tuple that RivetKit uses for nothing else. What follows tells
 * the parts apart; rows of the key-value driver begin with a byte below `f0`.
 */
const PREFIX = Uint8Array.of(0x02, 0x68, 0x66, 0x00);

/** What is still to be done for the last commit. */
export const AFTERMATH_KEY: Uint8Array = ownKey(Uint8Array.of(0xf0));
/** Messages that stand between the host's queue and the history. */
export const LEDGER_KEY: Uint8Array = ownKey(Uint8Array.of(0xf1));
/** Rows of a commit that is too large for one batch of the host. */
export const STAGED_PREFIX: Uint8Array = ownKey(Uint8Array.of(0xf2));

export function ownKey(key: Uint8Array): Uint8Array {
  const own = new Uint8Array(PREFIX.length + key.length);
  own.set(PREFIX);
  own.set(key, PREFIX.length);
  return own;
}

/** The key within the namespace of its own. */
export function withoutPrefix(key: Uint8Array): Uint8Array {
  return key.slice(PREFIX.length);
}

export function stagedKey(index: number): Uint8Array {
  const key = new Uint8Array(STAGED_PREFIX.length + 4);
  key.set(STAGED_PREFIX);
  new DataView(key.buffer).setUint32(STAGED_PREFIX.length, index);
  return key;
}
