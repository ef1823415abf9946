import type { PayloadCodec } from "../history/payload.ts";
import { checkFunction, checkInteger, checkMethods, isArray } from "../model/check.ts";
import type { Clock, RandomSource } from "../model/clock.ts";
import { describe } from "../model/describe.ts";
import { InvalidArgumentError } from "../model/errors/argument-errors.ts";
import type { Observer } from "../model/events.ts";
import type { Logger } from "../model/logger.ts";
import type { EngineOptions } from "./engine-options.ts";

/** Owns: what is a right option of the engine, by its kind. */

/** @throws InvalidArgumentError when something that comes in from outside is not what it should be. */
export function checkEngineOptions(options: EngineOptions): void {
  const { clock, scheduler, random, codec, logger, onError, onHistoryUpdated, observers } = options;
  if (clock !== undefined) checkClock(clock);
  if (scheduler !== undefined) checkMethods(scheduler, "scheduler", ["afterMicrotasks"]);
  if (random !== undefined) checkMethods(random, "random", RANDOM);
  if (codec !== undefined) checkMethods(codec, "codec", CODEC);
  if (logger !== undefined) checkMethods(logger, "logger", LOGGER);
  if (onError !== undefined) checkFunction(onError, "onError");
  if (onHistoryUpdated !== undefined) checkFunction(onHistoryUpdated, "onHistoryUpdated");
  if (observers !== undefined) checkObservers(observers);
}

const CODEC: readonly (keyof PayloadCodec)[] = ["encode", "decode"];
const RANDOM: readonly (keyof RandomSource)[] = ["bytes", "float"];
const LOGGER: readonly (keyof Logger)[] = ["debug", "info", "warn", "error"];
const CLOCK: readonly (keyof Clock)[] = ["now", "monotonic", "setTimer"];

function checkClock(clock: Clock): void {
  checkMethods(clock, "clock", CLOCK);
  checkTime(clock.now(), "clock.now()");
  checkTime(clock.monotonic(), "clock.monotonic()");
}

/** What is stored with every entry must be a time. */
function checkTime(given: unknown, what: string): void {
  if (typeof given === "number" && Number.isFinite(given)) return;
  throw new InvalidArgumentError(`${what} must give milliseconds; it gave ${describe(given)}.`);
}

function checkObservers(observers: readonly Observer[]): void {
  if (isArray(observers) && observers.every((observer) => typeof observer === "function")) return;
  throw new InvalidArgumentError(`observers must be an array of functions; got ${describe(observers)}.`);
}

/**
 * A source of randomness that gives something else than it should is found where it is asked, not in what was stored.
 * @throws InvalidArgumentError
 */
export function checkedRandom(random: RandomSource): RandomSource {
  return {
    bytes(length) {
      const bytes: unknown = random.bytes(length);
      if (!(bytes instanceof Uint8Array)) {
        throw new InvalidArgumentError(`random.bytes() must give a Uint8Array; it gave ${describe(bytes)}.`);
      }
      checkInteger(bytes.length, `The length of what random.bytes(${length}) gave`, {
        from: length,
        to: length,
      });
      return bytes;
    },
    float() {
      const drawn: unknown = random.float();
      if (typeof drawn === "number" && drawn >= 0 && drawn < 1) return drawn;
      throw new InvalidArgumentError(
        `random.float() must give a number from 0 to less than 1; it gave ${describe(drawn)}.`,
      );
    },
  };
}
