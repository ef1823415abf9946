import type {
  BatchStatement,
  ListenStatement,
  NextStatement,
  Receiver,
  StatementOf,
  ValueName,
} from "../program/program.ts";
import type { Prng } from "../random/prng.ts";
import type { Swarm } from "./features.ts";
import type { Room } from "./room.ts";

const SLEEPS_MS = [0, 0, 1, 2, 10, 49, 50, 51, 120, 300, 999, 1_000, 1_001, 2_500, 5_000];
const TIMEOUTS_MS = [0, 1, 10, 60, 250, 1_000, 3_000];
/** Beyond what timers of runtimes take, and beyond every world: they end by losing a race, or not at all. */
const LONG_MS = [2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 10 * 365 * 86_400_000];

const LISTEN_FORMS: readonly ListenStatement["form"][] = [
  "listen",
  "listenN",
  "listenWithTimeout",
  "listenUntil",
  "listenNWithTimeout",
  "listenNUntil",
];

/** What waits and messages of a program have to do with the world around it. */
export interface Surroundings {
  /** Names of messages that go round. */
  readonly messages: readonly string[];
  /** How many runs there are. */
  readonly runs: number;
}

/** Writes sleeps, waits for messages and sends. What sleeps and deadlines take together is bounded. */
export class WaitWriter {
  readonly #prng: Prng;
  readonly #swarm: Swarm;
  readonly #around: Surroundings;
  #leftMs: number;

  /** @param totalMs the most that all sleeps and deadlines of the program take, the long ones apart */
  constructor(prng: Prng, swarm: Swarm, around: Surroundings, totalMs: number) {
    this.#prng = prng;
    this.#swarm = swarm;
    this.#around = around;
    this.#leftMs = totalMs;
  }

  sleep(room: Room, name: string): StatementOf<"sleep"> {
    if (this.#swarm.chance(this.#prng, "refusals", 0.05)) return { kind: "sleep", name, ms: -1 };
    return { kind: "sleep", name, ms: this.#duration(room, SLEEPS_MS) };
  }

  sleepUntil(room: Room, name: string): StatementOf<"sleep-until"> {
    const past = this.#prng.chance(0.15);
    return { kind: "sleep-until", name, inMs: past ? -1_000 : this.#duration(room, SLEEPS_MS) };
  }

  next(room: Room, name: string): NextStatement {
    return { kind: "next", name, names: this.#names(), ...this.#timeout(room), ...this.#answers() };
  }

  batch(room: Room, name: string): BatchStatement {
    const count = this.#prng.between(1, 5);
    const names = this.#names();
    return { kind: "batch", name, names, count, ...this.#timeout(room), ...this.#answers() };
  }

  listen(room: Room, name: string): ListenStatement {
    const prng = this.#prng;
    return {
      kind: "listen",
      form: prng.pick(LISTEN_FORMS),
      name,
      message: prng.pick(this.#around.messages),
      count: prng.between(1, 4),
      timeoutMs: this.#duration(room, TIMEOUTS_MS),
    };
  }

  /** Nothing of the name of a send that was removed is sent behind it. */
  removed(name: string, kind: string): StatementOf<"removed"> {
    const sent = kind === "send" && this.#around.messages.includes(name);
    return { kind: "removed", name, removed: sent ? "step" : kind };
  }

  send(body: ValueName): StatementOf<"send"> {
    return { kind: "send", name: this.#prng.pick(this.#around.messages), body, to: this.#receiver() };
  }

  #receiver(): Receiver {
    const prng = this.#prng;
    if (this.#swarm.chance(prng, "refusals", 0.3)) return "nobody";
    return prng.chance(0.4) ? "self" : prng.int(this.#around.runs);
  }

  #names(): string[] {
    const { messages } = this.#around;
    return this.#prng.shuffle(messages).slice(0, this.#prng.between(1, messages.length));
  }

  #answers(): Pick<NextStatement, "answers" | "forgets"> {
    if (this.#swarm.chance(this.#prng, "forgotten-answers", 0.15)) return { answers: false, forgets: true };
    return { answers: this.#swarm.chance(this.#prng, "answers", 0.7) };
  }

  #timeout(room: Room): { readonly timeoutMs?: number } {
    return this.#prng.chance(0.4) ? {} : { timeoutMs: this.#duration(room, TIMEOUTS_MS) };
  }

  #duration(room: Room, usual: readonly number[]): number {
    const prng = this.#prng;
    if (room.repeats === 1 && this.#swarm.chance(prng, "long-sleeps", 0.15)) return prng.pick(LONG_MS);
    const affordable = usual.filter((ms) => ms * room.repeats <= this.#leftMs);
    const ms = prng.pick(affordable.length === 0 ? [0] : affordable);
    this.#leftMs -= ms * room.repeats;
    return ms;
  }
}
