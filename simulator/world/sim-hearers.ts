import type { Logger } from "#holdfast/model/logger.ts";
import type { EngineOptions } from "#holdfast/system/engine-options.ts";
import type { Prng } from "../random/prng.ts";

/** Loggers, observers and callbacks of an engine that misbehave. None of it may change anything. */
export interface HearerPlan {
  /** The share of calls in which one misbehaves. */
  readonly badly: number;
  /** Whether snapshots are asked for after each commit. */
  readonly snapshots: boolean;
}

type Hearers = Required<Pick<EngineOptions, "logger" | "observers" | "onError">> &
  Pick<EngineOptions, "onHistoryUpdated">;

/** @param told is told of each time that one misbehaves */
export function simHearers({ badly, snapshots }: HearerPlan, random: Prng, told: () => void): Hearers {
  const hear = (heard: unknown): unknown => {
    if (!random.chance(badly)) return undefined;
    told();
    return random.pick(MISBEHAVIOURS)(heard);
  };
  const level = (details: unknown): unknown => hear(details);
  const logger: Logger = { debug: level, info: level, warn: level, error: level };
  return {
    logger,
    observers: [(event) => hear(event), (event) => hear(event)],
    onError: (event) => hear(event),
    ...(snapshots ? { onHistoryUpdated: (snapshot: unknown): void => hear(snapshot) as undefined } : {}),
  };
}

const MISBEHAVIOURS: readonly ((heard: unknown) => unknown)[] = [
  () => {
    throw new Error("whoever listens has a defect");
  },
  () => {
    throw undefined;
  },
  () => Promise.reject(new Error("whoever listens is asynchronous and has a defect")),
  async () => {
    for (let turn = 0; turn < 20; turn++) await null;
    throw new Error("whoever listens is slow and has a defect");
  },
  () => new Promise(() => {}),
  () => ({
    // biome-ignore lint/suspicious/noThenProperty: that is what is wrong with it
    get then(): never {
      throw new Error("nobody may look at this");
    },
  }),
  () => ({
    // biome-ignore lint/suspicious/noThenProperty: that is what is wrong with it
    then(): never {
      throw new Error("nobody may wait for this");
    },
  }),
  spoil,
];

/** Whoever is told of something may do to it what it likes; but errors are those of others, too. */
function spoil(heard: unknown, depth = 0): void {
  if (typeof heard !== "object" || heard === null || heard instanceof Error || depth > 2) return;
  for (const key of Reflect.ownKeys(heard)) {
    spoil(Reflect.get(heard, key), depth + 1);
    Reflect.set(heard, key, "spoilt");
  }
  if (Array.isArray(heard)) heard.length = 0;
}
