/** A value or an error as text, alike for what is alike. */
export function shown(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  const inside = (_key: string, inner: unknown): unknown => {
    if (inner instanceof Error) return shown(inner);
    return inner === undefined ? "nothing" : inner;
  };
  return JSON.stringify(value, inside) ?? "nothing";
}
