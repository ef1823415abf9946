import type { NamedProgram, Node, Program, StepNode } from "./program.ts";
import type { SeededRandom } from "./random.ts";

const DEPTH = 3;

/** A random program of every kind of operation, nested. */
export function generateProgram(random: SeededRandom, name: string): NamedProgram {
  const program = new Generator(random);
  const rollsBack = random.chance(0.3);
  const body = program.block({ depth: 0, armed: rollsBack, strands: false });
  if (!rollsBack) return { name, ends: "completed", program: body };
  const checkpoint: Node = { kind: "checkpoint", name: "checkpoint" };
  return { name, ends: "failed", program: [checkpoint, ...body, { kind: "fail", name: "fail" }] };
}

/** Where a node stands. */
interface Place {
  readonly depth: number;
  /** Whether steps may have handlers. */
  readonly armed: boolean;
  /** Whether this place is one of several strands of a map: messages would come to any of them. */
  readonly strands: boolean;
}

class Generator {
  readonly #random: SeededRandom;
  #names = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  block(place: Place): Program {
    return Array.from({ length: this.#random.integer(1, place.depth === 0 ? 5 : 3) }, () =>
      this.#node(place),
    );
  }

  #node(place: Place): Node {
    const { depth, strands } = place;
    const leaves = [this.#step, this.#step, this.#sleep];
    const waits = [this.#receive, this.#batch, this.#serve];
    const blocks = [this.#loop, this.#join, this.#race, this.#map, this.#try, this.#child];
    const kinds = [...leaves, ...(strands ? [] : waits), ...(depth < DEPTH ? blocks : [])];
    return this.#random.pick(kinds).call(this, { ...place, depth: depth + 1 });
  }

  #name(kind: string): string {
    return `${kind}-${this.#names++}`;
  }

  #step({ armed }: Place): StepNode {
    const random = this.#random;
    const failures = random.chance(0.25) ? random.integer(1, 2) : 0;
    return {
      kind: "step",
      name: this.#name("step"),
      failures,
      workMs: random.chance(0.5) ? 0 : random.integer(1, 40),
      ...(armed && random.chance(0.6) ? { rollback: { failures: random.chance(0.2) ? 1 : 0 } } : {}),
    };
  }

  #sleep(): Node {
    return { kind: "sleep", name: this.#name("sleep"), ms: this.#random.integer(0, 150) };
  }

  #receive(): Node {
    const name = this.#name("receive");
    const messages = this.#random.chance(0.5) ? [name] : [name, `${name}-too`];
    const timeout = this.#random.chance(0.2) ? { timeoutMs: this.#random.integer(0, 200) } : {};
    return { kind: "receive", name, messages, ...timeout };
  }

  #batch(): Node {
    const name = this.#name("batch");
    return { kind: "batch", name, message: name, count: this.#random.integer(1, 3) };
  }

  #serve(): Node {
    const name = this.#name("serve");
    return { kind: "serve", name, message: name };
  }

  #loop(place: Place): Node {
    const iterations = this.#random.integer(1, 4);
    const historySize = this.#random.integer(0, 3);
    return { kind: "loop", name: this.#name("loop"), iterations, historySize, body: this.block(place) };
  }

  #join(place: Place): Node {
    return { kind: "join", name: this.#name("join"), branches: this.#branches(place) };
  }

  /** No waits without an end in a race: what a loser waited for is nobody's. */
  #race(place: Place): Node {
    return { kind: "race", name: this.#name("race"), branches: this.#branches({ ...place, strands: true }) };
  }

  #branches(place: Place): Program[] {
    return Array.from({ length: this.#random.integer(2, 3) }, () => this.block(place));
  }

  #map(place: Place): Node {
    const items = this.#random.integer(1, 4);
    const body = this.block({ ...place, strands: true });
    return { kind: "map", name: this.#name("map"), items, concurrency: this.#random.integer(1, 3), body };
  }

  #try(place: Place): Node {
    const hopeless: Node = { kind: "step", name: this.#name("hopeless"), failures: 9, maxRetries: 1 };
    const body = [...this.block(place), ...(this.#random.chance(0.5) ? [hopeless] : [])];
    return { kind: "try", name: this.#name("try"), body };
  }

  /** A child ends by itself: nobody knows its id before it is started. */
  #child(): Node {
    const program = this.block({ depth: DEPTH, armed: false, strands: true });
    return { kind: "child", name: this.#name("child"), program };
  }
}
