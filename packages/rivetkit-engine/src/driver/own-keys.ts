/**
 * Where Holdfast's rows stand in a run's namespace: under two tuples that RivetKit uses for nothing else, one for the
 * rows of the key-value driver, and one for what stands aside of them.
 */
const ROWS = Uint8Array.of(0x02, 0x68, 0x66, 0x00);
const ASIDE = Uint8Array.of(0x02, 0x68, 0x66, 0x61, 0x00);

/** What all rows of Holdfast's are under. */
export const OWN_PREFIXES: readonly Uint8Array[] = [ROWS, ASIDE];

/** What is still to be done for the last commit. */
export const AFTERMATH_KEY: Uint8Array = joined(ASIDE, Uint8Array.of(0));
/** Messages that stand between the host's queue and the history. */
export const LEDGER_KEY: Uint8Array = joined(ASIDE, Uint8Array.of(1));
/** Rows of a commit that is too large for one batch of the host. */
export const STAGED_PREFIX: Uint8Array = joined(ASIDE, Uint8Array.of(2));

/** Where a row of the key-value driver stands. */
export function ownKey(key: Uint8Array): Uint8Array {
  return joined(ROWS, key);
}

/** The key of a row within the key-value driver. */
export function withoutPrefix(key: Uint8Array): Uint8Array {
  return key.slice(ROWS.length);
}

export function stagedKey(index: number): Uint8Array {
  const digits = new Uint8Array(4);
  new DataView(digits.buffer).setUint32(0, index);
  return joined(STAGED_PREFIX, digits);
}

function joined(prefix: Uint8Array, key: Uint8Array): Uint8Array {
  const whole = new Uint8Array(prefix.length + key.length);
  whole.set(prefix);
  whole.set(key, prefix.length);
  return whole;
}
