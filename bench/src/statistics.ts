/** Median, least and greatest of repeated measurements. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
  readonly repetitions: number;
}

export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new Error("there is no spread of no values");
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    least: quantile(sorted, 0),
    greatest: quantile(sorted, 1),
    repetitions: values.length,
  };
}

/** The value below which the share `q` of the sorted values lies, between neighbours in proportion. */
export function quantile(sorted: readonly number[], q: number): number {
  const place = (sorted.length - 1) * q;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}
