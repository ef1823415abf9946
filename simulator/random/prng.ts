/**
 * Randomness that is the same in every execution: sfc32, seeded with 128 bits. Streams with different purposes are
 * independent of each other, so that one more draw for one thing does not change what is drawn for another.
 */
export class Prng {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  /**
   * @param seed 32 hexadecimal digits
   * @param purpose what the numbers are for: any text
   */
  constructor(seed: string, purpose: string) {
    [this.#a, this.#b, this.#c, this.#counter] = hash128(`${checkedSeed(seed)}/${purpose}`);
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.#word();
  }

  /** In [0, 1), with 53 random bits. */
  next(): number {
    const high = this.#word() >>> 5;
    const low = this.#word() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** A whole number from 0 to `n - 1`. */
  int(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** A whole number from `a` to `b`, both included. */
  between(a: number, b: number): number {
    return a + this.int(b - a + 1);
  }

  /** True with the probability `p`. */
  chance(p: number): boolean {
    return this.next() < p;
  }

  /** One of the list, which must not be empty. */
  pick<Item>(list: readonly Item[]): Item {
    if (list.length === 0) throw new RangeError("There is nothing to pick from an empty list.");
    return list[this.int(list.length)] as Item;
  }

  /** A copy of the list in random order. */
  shuffle<Item>(list: readonly Item[]): Item[] {
    const shuffled = [...list];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      [shuffled[i], shuffled[j]] = [shuffled[j] as Item, shuffled[i] as Item];
    }
    return shuffled;
  }

  #word(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}

/** The seed with this number, for series of seeds that are the same everywhere. */
export function numberedSeed(n: number): string {
  return hex(hash128(`seed ${n}`));
}

/** A seed that nobody had before: the only real randomness of the simulator. */
export function freshSeed(): string {
  return hex([...crypto.getRandomValues(new Uint32Array(4))] as Words);
}

type Words = [number, number, number, number];

const WARM_UP_ROUNDS = 16;

function checkedSeed(seed: string): string {
  if (!/^[0-9a-f]{32}$/.test(seed)) throw new RangeError(`A seed is 32 hexadecimal digits; got "${seed}".`);
  return seed;
}

function hex(words: Words): string {
  return words.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** 128 bits of a text: four multiplicative hashes of its code units with different constants, mixed with each other. */
function hash128(text: string): Words {
  const words: Words = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x8aed2a6a];
  const factors: Words = [0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f, 0x165667b1];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    for (let w = 0; w < 4; w++) {
      const mixed = Math.imul((words[w] as number) ^ unit, factors[w] as number);
      words[w] = mixed ^ (mixed >>> 15) ^ (words[(w + 1) % 4] as number);
    }
  }
  for (let round = 0; round < 8; round++) {
    const w = round % 4;
    const mixed = Math.imul((words[w] as number) + (words[(w + 3) % 4] as number), factors[w] as number);
    words[w] = mixed ^ (mixed >>> 13);
  }
  return words;
}
