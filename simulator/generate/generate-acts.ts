import type { Program } from "../program/program.ts";
import type { Prng } from "../random/prng.ts";
import type { Act, Deed, PlannedHost, PlannedRun } from "../world/scenario.ts";
import type { Feature, Swarm } from "./features.ts";
import { messagesWanted } from "./messages-wanted.ts";

/** What acts are about. */
interface Outside {
  readonly programs: readonly Program[];
  readonly runs: readonly PlannedRun[];
  readonly hosts: readonly PlannedHost[];
  readonly messages: readonly string[];
  readonly quietAtMs: number;
}

const BODIES = ["number", "text", "object", "undefined", "map", "date", "lone-surrogate", "bytes", "error"];
/** When those who are not sure whether a message was taken send it again. */
const AGAIN_MS = [20, 300, 2_000];
/** How long messages are good for that expire. */
const GOOD_FOR_MS = [1, 50, 400, 2_000, 60_000];
/** Messages that one burst has at most. */
const LARGEST_BURST = 30;
/** When senders have given up trying: a run that is deleted then is not started again. */
const SENDERS_GONE_MS = 45_000;

/** Deeds that come at any time, and how likely each is for a run. */
const ANY_TIME: readonly (readonly [Feature, number, (prng: Prng) => Deed])[] = [
  ["cancel", 0.15, () => ({ api: "cancel", compensate: false })],
  ["cancel", 0.3, (prng) => ({ api: "cancel", compensate: prng.chance(0.3), whileUndone: true })],
  ["compensate", 0.2, () => ({ api: "cancel", compensate: true })],
  ["duplicate-start", 0.5, () => ({ api: "start", sameInput: true })],
  ["conflicting-start", 0.3, () => ({ api: "start", sameInput: false })],
  ["wake", 0.6, () => ({ api: "wake" })],
  ["evict", 0.6, () => ({ api: "evict" })],
  ["rewind", 0.3, (prng) => ({ api: "rewind", place: prng.next() })],
  ["fork", 0.3, (prng) => ({ api: "fork", place: prng.next() })],
  ["recover", 0.4, () => ({ api: "recover" })],
  ["readers", 0.5, (prng) => ({ api: prng.pick(["history", "state"]) })],
  ["watchers", 0.5, () => ({ api: "watch" })],
];

/** What those outside do: they send what is waited for, and disturb. In the end they let every run that is held go on. */
export function generateActs(prng: Prng, swarm: Swarm, outside: Outside): Act[] {
  const acts = outside.runs.flatMap((_, run) => new RunActs(prng, swarm, outside, run).all());
  return acts.sort((a, b) => a.atMs - b.atMs);
}

class RunActs {
  readonly #prng: Prng;
  readonly #swarm: Swarm;
  readonly #outside: Outside;
  readonly #run: number;
  readonly #startAtMs: number;
  readonly #acts: Act[] = [];

  constructor(prng: Prng, swarm: Swarm, outside: Outside, run: number) {
    this.#prng = prng;
    this.#swarm = swarm;
    this.#outside = outside;
    this.#run = run;
    this.#startAtMs = outside.runs[run]?.startAtMs ?? 0;
  }

  all(): readonly Act[] {
    const { quietAtMs } = this.#outside;
    this.#senders();
    this.#disturbers();
    this.#act(this.#startAtMs + 100, { api: "result" });
    // The second one is for runs that are held again, or whose hosts change their code after the first.
    for (const afterMs of [1_000, 8_000, 20_000]) this.#act(quietAtMs + afterMs, { api: "resume" });
    return this.#acts;
  }

  /** Bursts of what the program waits for, and once more after the faults for what is still waited for. */
  #senders(): void {
    const prng = this.#prng;
    const { programs, runs, messages, quietAtMs } = this.#outside;
    const program = programs[runs[this.#run]?.program ?? 0];
    for (const [name, times] of program === undefined ? [] : messagesWanted(program)) {
      for (let left = Math.min(times, 3 * LARGEST_BURST); left > 0; ) {
        const burst = prng.between(1, Math.min(left, LARGEST_BURST));
        const expires = this.#swarm.chance(prng, "expiring-sends", 0.4);
        const again = this.#swarm.chance(prng, "repeated-sends", 0.4);
        const send = {
          ...({ api: "send", name, body: prng.pick(BODIES), times: burst } as const),
          ...(expires ? { expiresInMs: prng.pick(GOOD_FOR_MS) } : {}),
          ...(again ? { againAfterMs: prng.pick(AGAIN_MS) } : {}),
        };
        this.#act(this.#anyTime(), prng.chance(0.4) ? { ...send, replies: true } : send);
        left -= burst;
      }
      if (this.#swarm.has("request")) {
        for (let request = prng.between(0, 3); request > 0; request--) {
          const timeoutMs = prng.pick([50, 1_000, 20_000]);
          this.#act(this.#anyTime(), { api: "request", name, body: prng.pick(BODIES), timeoutMs });
        }
      }
      if (prng.chance(0.8)) {
        const last = { api: "send", name, body: "text", times: Math.min(times, LARGEST_BURST) } as const;
        this.#act(quietAtMs + prng.between(500, 6_000), last);
      }
    }
    if (this.#swarm.chance(prng, "stray-sends", 0.4)) {
      const name = prng.pick([...messages, "nobody-waits-for-it"]);
      this.#act(this.#anyTime(), { api: "send", name, body: prng.pick(BODIES), times: prng.between(1, 3) });
    }
  }

  #disturbers(): void {
    const prng = this.#prng;
    for (const [feature, probability, deed] of ANY_TIME) {
      if (this.#swarm.chance(prng, feature, probability)) this.#act(this.#anyTime(), deed(prng));
    }
    if (this.#swarm.chance(prng, "hold", 0.5)) {
      const atMs = this.#anyTime();
      this.#act(atMs, { api: "pause" });
      this.#act(atMs + prng.between(1, 3_000), { api: "resume" });
    }
    if (this.#swarm.chance(prng, "recover", 0.6)) {
      // Most runs that fail have failed by then, those whose handlers failed among them.
      this.#act(this.#outside.quietAtMs + prng.between(9_000, 15_000), { api: "recover" });
    }
    if (this.#swarm.chance(prng, "rebirth", 0.4)) this.#rebirth();
    if (this.#swarm.chance(prng, "delete", 0.15)) {
      this.#act(this.#outside.quietAtMs + SENDERS_GONE_MS, { api: "delete" });
    }
  }

  /** The run is deleted while it is at work, and its id is used again, often at once. */
  #rebirth(): void {
    const prng = this.#prng;
    let atMs = this.#anyTime();
    for (let times = prng.between(1, 3); times > 0; times--) {
      this.#act(atMs, { api: "delete" });
      atMs += prng.pick([0, 1, 20, 500]);
      this.#act(atMs, { api: "start", sameInput: prng.chance(0.6) });
      atMs += prng.pick([1, 100, 2_000]);
    }
  }

  /** Some time at which the run is probably there and not over. */
  #anyTime(): number {
    const { quietAtMs } = this.#outside;
    const spanMs = this.#prng.pick([50, 200, 800, 3_000, Math.max(3_000, quietAtMs)]);
    return this.#startAtMs + this.#prng.int(spanMs);
  }

  #act(atMs: number, does: Deed): void {
    const byHost = this.#swarm.chance(this.#prng, "acts-by-hosts", 0.5);
    const by = byHost ? this.#prng.int(this.#outside.hosts.length) : "client";
    this.#acts.push({ atMs, run: this.#run, by, does });
  }
}
