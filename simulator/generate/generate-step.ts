import type {
  AttemptScript,
  HandlerScript,
  StepStatement,
  ThrowName,
  ValueName,
} from "../program/program.ts";
import { FINAL_THROWS, RETRIED_THROWS } from "../program/throws.ts";
import { STORABLE_VALUES, UNSTORABLE_VALUES } from "../program/values.ts";
import type { Prng } from "../random/prng.ts";
import { choose } from "./choose.ts";
import type { Feature, Swarm } from "./features.ts";

const PLAIN_VALUES: readonly ValueName[] = ["number", "text", "object", "undefined", "null", "array"];
const LARGE_VALUES: readonly ValueName[] = ["large-text"];
const PLAIN_THROWS: readonly ThrowName[] = ["error", "type-error", "coded", "caused"];
const BODY_MS = [0, 0, 0, 1, 5, 20, 60, 150, 400];
const QUICK_BODY_MS = [0, 0, 1, 5];
const SLOW_BODY_MS = [800, 1_500, 3_000, 6_000];
const BACKOFFS_MS = [0, 1, 10, 100, 400, 1_200];
/** How long bodies are silent, and may be. */
const SILENCES_MS = [30, 60, 200, 700];
const BEATING_MS = [20, 150, 400, 1_500];
/** How many processes a deadly body ends: mostly few, now and then more than the crash budget allows. */
const DEATHS = [1, 1, 2, 3, 13, 30];
/** The default of the engine. */
const USUAL_TIMEOUT_MS = 30_000;

/** What comes of the attempts of a body. */
type Fate = "succeeds" | "succeeds later" | "fails" | "fails at once" | "never ends" | "is refused";

/** What kind of step is wanted. */
interface StepWish {
  /** A handler can be armed where it stands. */
  readonly armed: boolean;
  /** It takes little time, since it is repeated. */
  readonly quick: boolean;
  /** It fails for good. */
  readonly fails?: boolean;
}

/** Writes steps: bodies with their fates, options, handlers. */
export class StepWriter {
  readonly #prng: Prng;
  readonly #swarm: Swarm;
  #quick = false;

  constructor(prng: Prng, swarm: Swarm) {
    this.#prng = prng;
    this.#swarm = swarm;
  }

  step(name: string, { armed, quick, fails = false }: StepWish): StepStatement {
    const prng = this.#prng;
    const fate = fails ? prng.pick<Fate>(["fails", "fails at once"]) : this.#fate();
    this.#quick = quick;
    const maxRetries = fate === "succeeds later" || this.#sometimes("retries", 0.5) ? prng.between(1, 3) : 0;
    const hangs = fate === "never ends";
    const timed = hangs || this.#sometimes("timeouts", 0.3);
    const beats = !quick && this.#sometimes("heartbeats", 0.3);
    const attempts = this.#attempts(fate, maxRetries);
    return {
      kind: "step",
      name,
      attempts: beats ? attempts.map((attempt) => this.#beating(attempt)) : attempts,
      asData: !fails && this.#sometimes("as-data", fate === "succeeds" ? 0.2 : 0.6),
      maxRetries,
      backoffMs: this.#backoffMs(),
      timeoutMs: timed
        ? quick
          ? 50
          : prng.pick([50, 200, 700])
        : prng.pick([0, USUAL_TIMEOUT_MS, USUAL_TIMEOUT_MS]),
      ...(beats ? { heartbeatMs: prng.pick(SILENCES_MS) } : {}),
      retryOnTimeout: (timed || beats) && prng.chance(0.4),
      ephemeral: this.#sometimes("ephemeral", 0.25),
      atMostOnce: this.#sometimes("at-most-once", 0.2),
      ...(armed && prng.chance(0.8) ? { handler: this.handler() } : {}),
    };
  }

  /** A rollback handler. */
  handler(): HandlerScript {
    const prng = this.#prng;
    const maxRetries = prng.between(0, 2);
    const fails = maxRetries > 0 && this.#sometimes("retries", 0.4);
    const good = this.#attempt({ value: "undefined" });
    const bad = this.#attempt({ throws: this.thrown() });
    if (prng.chance(0.1)) return { attempts: [bad], maxRetries, backoffMs: this.#backoffMs() };
    return { attempts: fails ? [bad, good] : [good], maxRetries, backoffMs: this.#backoffMs() };
  }

  /** A value that can be stored. */
  value(): ValueName {
    if (this.#sometimes("large-values", 0.1)) return this.#prng.pick(LARGE_VALUES);
    if (!this.#sometimes("odd-values", 0.7)) return this.#prng.pick(PLAIN_VALUES);
    return this.#prng.pick(STORABLE_VALUES.filter((value) => !LARGE_VALUES.includes(value)));
  }

  /** Something that lets a step be tried again. */
  thrown(): ThrowName {
    return this.#prng.pick(this.#sometimes("hostile-throws", 0.7) ? RETRIED_THROWS : PLAIN_THROWS);
  }

  #fate(): Fate {
    const swarm = this.#swarm;
    const fates: readonly (readonly [Fate, number])[] = [
      ["succeeds", 14],
      ["succeeds later", swarm.has("retries") ? 4 : 0],
      ["fails", 1],
      ["fails at once", 0.5],
      ["never ends", swarm.has("timeouts") ? 1 : 0],
      ["is refused", swarm.has("refusals") ? 0.4 : 0],
    ];
    return choose(this.#prng, fates);
  }

  #attempts(fate: Fate, maxRetries: number): AttemptScript[] {
    const prng = this.#prng;
    switch (fate) {
      case "succeeds":
        return [this.#attempt({ value: this.value() })];
      case "succeeds later": {
        const failures = Array.from({ length: prng.between(1, maxRetries) }, () =>
          this.#attempt({ throws: this.thrown() }),
        );
        return [...failures, this.#attempt({ value: this.value() })];
      }
      case "fails":
        return [this.#attempt({ throws: this.thrown() })];
      case "fails at once":
        return [this.#attempt({ throws: prng.pick(FINAL_THROWS) })];
      case "never ends":
        return [this.#attempt({ never: true })];
      case "is refused":
        return [this.#attempt({ value: prng.pick(UNSTORABLE_VALUES) })];
    }
  }

  #attempt(ends: AttemptScript["ends"]): AttemptScript {
    const slow = !this.#quick && this.#sometimes("slow-bodies", 0.15);
    const deadly = !this.#quick && this.#sometimes("deadly-bodies", 0.08);
    return {
      ms: this.#prng.pick(slow ? SLOW_BODY_MS : this.#quick ? QUICK_BODY_MS : BODY_MS),
      heedsAbort: this.#prng.chance(0.6),
      ...(deadly ? { deaths: this.#prng.pick(DEATHS) } : {}),
      ends,
    };
  }

  /** One that takes some time, and is silent for too long now and then. */
  #beating(attempt: AttemptScript): AttemptScript {
    const ms = this.#prng.pick(BEATING_MS);
    return {
      ...attempt,
      ms,
      ...(this.#prng.chance(0.8) ? { beatsEveryMs: this.#prng.pick(SILENCES_MS) } : {}),
    };
  }

  #backoffMs(): number {
    return this.#prng.pick(this.#quick ? [0, 1, 10] : BACKOFFS_MS);
  }

  #sometimes(feature: Feature, probability: number): boolean {
    return this.#swarm.chance(this.#prng, feature, probability);
  }
}
