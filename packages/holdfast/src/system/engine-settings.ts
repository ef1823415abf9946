import type { EngineSettings } from "../engine/pass/pass-settings.ts";
import { guardedCodec } from "../history/guarded-codec.ts";
import { defaultCodec } from "../history/payload.ts";
import { checkBoolean, checkLimits } from "../model/check.ts";
import { silentLogger } from "../model/logger.ts";
import { checkEngineOptions, checkedRandom } from "./check-engine-options.ts";
import type { EngineOptions } from "./engine-options.ts";
import { systemWorld } from "./system-world.ts";

/**
 * Options, checked and complete. Their names are checked at the doors.
 * @throws InvalidArgumentError
 */
export function engineSettings(options: EngineOptions): EngineSettings {
  checkEngineOptions(options);
  const { clock, scheduler, random, observers = [], strict = false } = options;
  checkBoolean(strict, "strict");
  return {
    world: {
      clock: clock ?? systemWorld.clock,
      scheduler: scheduler ?? systemWorld.scheduler,
      random: random === undefined ? systemWorld.random : checkedRandom(random),
      code: systemWorld.code,
      beforeEffect: systemWorld.beforeEffect,
    },
    limits: checkLimits(options.limits),
    codec: options.codec === undefined ? defaultCodec : guardedCodec(options.codec),
    logger: options.logger ?? silentLogger,
    observers: [...observers],
    onError: options.onError,
    onHistoryUpdated: options.onHistoryUpdated,
    strict,
  };
}
