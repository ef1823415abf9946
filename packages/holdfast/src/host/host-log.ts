import { guarded } from "../engine/replay/report.ts";
import type { Logger, LogMethod } from "../model/logger.ts";

/**
 * Owns: what a host or client says that is not about one pass.
 * Does not own: what a pass says (engine/report.ts).
 * Invariants: a logger that throws changes nothing.
 */
export class HostLog {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  warn(message: string, details: Parameters<LogMethod>[0] = {}): void {
    this.#say("warn", message, details);
  }

  error(message: string, details: Parameters<LogMethod>[0] = {}): void {
    this.#say("error", message, details);
  }

  #say(level: "warn" | "error", message: string, details: Parameters<LogMethod>[0]): void {
    // A logger that throws has nobody left to tell.
    guarded(
      () => this.#logger[level](details, message),
      () => {},
    );
  }
}
