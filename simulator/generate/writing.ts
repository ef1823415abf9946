import { REFUSED_NAMES } from "../program/names.ts";
import type { Prng } from "../random/prng.ts";
import type { Feature, Swarm } from "./features.ts";
import { StepWriter } from "./generate-step.ts";
import { type Surroundings, WaitWriter } from "./generate-wait.ts";
import { NameGiver } from "./name-giver.ts";
import type { Room } from "./room.ts";

/** What sleeps and deadlines of a program take at most, but for those that no world waits for. */
const MOST_WAITING_MS = 30_000;

/** What all writers of one program have in common. */
export class Writing {
  readonly prng: Prng;
  readonly swarm: Swarm;
  readonly steps: StepWriter;
  readonly waits: WaitWriter;
  readonly #nasty: number;

  constructor(prng: Prng, swarm: Swarm, around: Surroundings) {
    this.prng = prng;
    this.swarm = swarm;
    this.steps = new StepWriter(prng, swarm);
    this.waits = new WaitWriter(prng, swarm, around, MOST_WAITING_MS);
    this.#nasty = swarm.has("nasty-names") ? prng.pick([0.1, 0.4, 0.9]) : 0;
  }

  /** Whether this time, when the feature is on. */
  sometimes(feature: Feature, probability: number): boolean {
    return this.swarm.chance(this.prng, feature, probability);
  }

  /** Names for a new scope. */
  names(): NameGiver {
    return new NameGiver(this.prng, this.#nasty);
  }

  /** A name for an operation; now and then one that is refused. */
  name(room: Room, stem: string): string {
    if (this.sometimes("refusals", 0.01)) return this.prng.pick(REFUSED_NAMES);
    return room.names.operation(stem);
  }

  /** A random part of what is left, which so many parts share. */
  part(left: number, parts: number): number {
    return this.prng.between(0, Math.max(1, Math.floor((left - 1) / parts)));
  }
}
