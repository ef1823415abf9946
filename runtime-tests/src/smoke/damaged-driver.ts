import type { EngineDriver, RunImage } from "holdfast";

/** Reads the last row with one bit turned round. */
export function damagedDriver(inner: EngineDriver): EngineDriver {
  const load = async (): Promise<RunImage | null> => {
    const image = await inner.load();
    const last = image?.entries.at(-1);
    if (image === null || last === undefined) return image;
    const value = last.value.slice();
    const middle = value.length >> 1;
    value[middle] = (value[middle] as number) ^ 1;
    return { ...image, entries: [...image.entries.slice(0, -1), { key: last.key, value }] };
  };
  return Object.assign(Object.create(inner) as EngineDriver, { load });
}
