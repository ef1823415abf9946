import { defaultCodec, type PayloadCodec } from "#holdfast/history/payload.ts";
import type { Prng } from "../random/prng.ts";
import type { SimProcess } from "./sim-process.ts";

/** How the codec of a process takes its time: as one that has to ask for its keys. */
export interface CodecPlan {
  /** The longest that a call takes, in milliseconds; some answer at once. */
  readonly slowMs: number;
  /** The share of calls that fail while there are faults. */
  readonly failing: number;
  /** The share of calls that are never answered while there are faults. @default none */
  readonly silent?: number;
}

const AT_ONCE = 0.3;

/** A codec whose bytes are those of the default one. */
export function simCodec(
  process: SimProcess,
  plan: CodecPlan,
  {
    random,
    quiet,
    silenced,
  }: { readonly random: Prng; readonly quiet: () => boolean; readonly silenced: () => void },
): PayloadCodec {
  const answer = <Value>(value: Value): Value | Promise<Value> => {
    if (random.chance(AT_ONCE)) return value;
    if (plan.silent !== undefined && random.chance(plan.silent) && !quiet()) {
      silenced();
      return new Promise(() => {});
    }
    const ms = random.int(plan.slowMs + 1);
    const fails = !quiet() && random.chance(plan.failing);
    return process.sleep(ms).then(() => {
      if (fails) throw new Error("The keys cannot be had.");
      return value;
    });
  };
  return {
    encode: (value, what) => answer(defaultCodec.encode(value, what) as Uint8Array),
    decode: (bytes) => answer(defaultCodec.decode(bytes)),
  };
}
