/** Resolves when `read` gives `wanted`; looks every few milliseconds. */
export async function reaches(wanted: number, read: () => Promise<number> | number): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let found = await read(); found !== wanted; found = await read()) {
    if (performance.now() > deadline) throw new Error(`Waited for ${wanted}; there are ${found}.`);
    await pause(POLL_MS);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const POLL_MS = 20;
const PATIENCE_MS = 600_000;
