/** A value that was read after so much work. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/**
 * How much the value grows per unit of work: the median of the slopes between all pairs of samples. Unlike a line of
 * least squares it does not follow single jumps, such as the heap's when code is compiled anew.
 */
export function medianSlope(samples: readonly Sample[]): number {
  const slopes: number[] = [];
  samples.forEach((from, index) => {
    for (const to of samples.slice(index + 1)) {
      if (to.at !== from.at) slopes.push((to.value - from.value) / (to.at - from.at));
    }
  });
  if (slopes.length === 0) throw new Error("A slope needs two samples.");
  slopes.sort((a, b) => a - b);
  return slopes[slopes.length >> 1] as number;
}

/** The samples without those of the first share of the work, in which caches fill and code is compiled. */
export function afterWarmUp(samples: readonly Sample[], share: number): readonly Sample[] {
  const end = samples.at(-1)?.at ?? 0;
  return samples.filter(({ at }) => at >= end * share);
}
