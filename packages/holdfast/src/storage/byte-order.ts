/** Unsigned byte order: negative when `a` comes first, positive when `b` does, 0 when they are equal. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const difference = (a[index] as number) - (b[index] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** The first key behind every key that starts with `prefix`; null when there is none (the prefix is all 0xFF). */
export function prefixEnd(prefix: Uint8Array): Uint8Array | null {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length--;
  if (length === 0) return null;
  const end = prefix.slice(0, length);
  end[length - 1] = (end[length - 1] as number) + 1;
  return end;
}

/** The key that follows `key` immediately: nothing sorts between the two. */
export function keyAfter(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}

/** Where a listing of `prefix` starts (inclusive) when it goes on after the key `after`. */
export function listingStart(prefix: Uint8Array, after: Uint8Array | undefined): Uint8Array {
  if (after === undefined || compareBytes(after, prefix) < 0) return prefix;
  return keyAfter(after);
}
