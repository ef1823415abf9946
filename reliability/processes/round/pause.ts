/** Resolves after so many milliseconds, or when the signal aborts. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end);
  });
}

/** Looks until something is there; undefined when the signal aborts before. */
export async function until<Found>(
  look: () => Found | undefined | Promise<Found | undefined>,
  signal: AbortSignal,
  lookMs = 10,
): Promise<Found | undefined> {
  while (!signal.aborted) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(lookMs, signal);
  }
  return undefined;
}
