/** Amounts as messages show them: with the units that people use. */

const SPANS: readonly (readonly [number, string])[] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
  [1, "ms"],
];

/** Milliseconds in the two largest units that they have: "30 s", "1 min 30 s", "3 d". */
export function formatMs(ms: number): string {
  if (!Number.isFinite(ms)) return "no end";
  const parts: string[] = [];
  let left = Math.ceil(ms);
  for (const [size, unit] of SPANS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.length === 0 ? "0 ms" : parts.slice(0, 2).join(" ");
}

const SIZES: readonly (readonly [number, string])[] = [
  [1024 * 1024, "MiB"],
  [1024, "KiB"],
];

/** Bytes, exact, and in a larger unit where there are many. */
export function formatBytes(bytes: number): string {
  for (const [size, unit] of SIZES) {
    if (bytes < size) continue;
    const amount = bytes / size;
    const shown = Number.isInteger(amount) ? `${amount}` : amount.toFixed(1);
    return `${bytes} bytes (${shown} ${unit})`;
  }
  return `${bytes} bytes`;
}
