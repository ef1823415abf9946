import { virtualClock } from "#holdfast/testing.ts";
import { numberedSeed, Prng } from "../../../simulator/random/prng.ts";
import type { Verdict } from "../report/tally.ts";
import { type BuiltRun, joined, rowsByOwner } from "./built-run.ts";
import { Damage, type Mutated } from "./damage.ts";
import type { Arrival, Home, Journey, OpenStorage } from "./home.ts";
import { type Cell, copyImage, type Image } from "./image.ts";
import { judge, judgeMended } from "./judge.ts";
import { mutate } from "./mutations/all.ts";
import { Programs } from "./stages/programs.ts";
import type { Standing } from "./standing.ts";
import { GOES_ON_AT } from "./times.ts";

/** One mutation of one run; swaps and moves hurt a second one. */
interface Wound {
  readonly run: BuiltRun;
  readonly mutated: Mutated;
  readonly damage: Damage;
}

/** After this share of seeds what is held is mended or deleted: that takes as long as all the rest. */
const AFTERMATH_SHARE = 0.15;
/** Of the runs that are held this share is mended; the others are deleted. */
const MENDED_SHARE = 0.7;
/** Of the runs in a store this share is damaged; the others must not notice, and take most of the time. */
const DAMAGED_SHARE = 0.96;
/** In this share of seeds runs that are held are sent messages too, and looked at in every way. */
const INSISTING_SHARE = 0.1;

/**
 * A store full of runs at all stages. A batch damages most of them, each in one way, lets a host go on with all of them,
 * and then mends or deletes what is held.
 */
export class Batches {
  readonly name: string;
  readonly #home: Home;
  readonly #programs: Programs;
  readonly #runs: readonly BuiltRun[];
  readonly #image: Image;
  readonly #expected: Arrival;

  private constructor(
    home: Home,
    base: { programs: Programs; runs: readonly BuiltRun[]; image: Image; expected: Arrival },
  ) {
    this.name = home.name;
    this.#home = home;
    this.#programs = base.programs;
    this.#runs = base.runs;
    this.#image = base.image;
    this.#expected = base.expected;
  }

  static async prepare(home: Home, copies: number): Promise<Batches> {
    const programs = new Programs();
    const runs = await home.build(programs, copies);
    const image = joined(runs);
    const clock = virtualClock({ now: GOES_ON_AT });
    const opened = home.open(clock);
    opened.write(image);
    const expected = await opened.goOn({ clock, programs, seed: numberedSeed(0), runs });
    programs.ledger.clear();
    await opened.close();
    return new Batches(home, { programs, runs, image, expected });
  }

  /** Damages, goes on, judges. */
  async run(seed: number): Promise<Verdict[]> {
    const text = numberedSeed(seed);
    const prng = new Prng(text, `damage in ${this.name}`);
    const image = copyImage(this.#image);
    const clock = virtualClock({ now: GOES_ON_AT });
    const opened = this.#home.open(clock);
    this.#programs.ledger.clear();
    const { wounds, refused } = this.#write(opened, image, this.#wound(image, prng));
    const insists = prng.chance(INSISTING_SHARE);
    const journey = { clock, programs: this.#programs, seed: text, insists };
    const arrival = await opened.goOn({ ...journey, runs: this.#runs });
    const verdicts = wounds.map((wound) => this.#judge(wound, arrival, seed));
    verdicts.push(
      ...refused.map((wound) => this.#verdict(wound, seed, { outcome: "refused", problem: null })),
    );
    verdicts.push(...this.#bystanders(wounds, arrival, seed));
    if (prng.chance(AFTERMATH_SHARE)) await this.#aftermath(opened, journey, { wounds, verdicts, prng });
    await opened.close();
    return verdicts;
  }

  #wound(image: Image, prng: Prng): Wound[] {
    const rowsOf = rowsByOwner(image);
    const hurt = new Set<Cell>();
    const wounds: Wound[] = [];
    for (const run of prng.shuffle(this.#runs)) {
      if (hurt.has(run.owner) || !prng.chance(DAMAGED_SHARE)) continue;
      const free = this.#runs.filter(({ owner }) => owner !== run.owner && !hurt.has(owner));
      if (free.length === 0) break;
      const damage = new Damage(this.#home.shape, image);
      const mutated = mutate({
        shape: this.#home.shape,
        image,
        workflowId: run.workflowId,
        rows: rowsOf(run.owner),
        older: run.older,
        other: rowsOf(prng.pick(free).owner),
        damage,
        prng,
      });
      const hurtsAgain = [...damage.victims].some((victim) => hurt.has(victim));
      if (hurtsAgain) damage.undo();
      else for (const victim of damage.victims) hurt.add(victim);
      hurt.add(run.owner);
      if (mutated !== null && !hurtsAgain) wounds.push({ run, mutated, damage });
    }
    return wounds;
  }

  /** Leaves out what the storage would not take. */
  #write(opened: OpenStorage, image: Image, all: readonly Wound[]): { wounds: Wound[]; refused: Wound[] } {
    const refused: Wound[] = [];
    let wounds = [...all];
    for (;;) {
      const owners = opened.write(image);
      if (owners.size === 0) return { wounds, refused };
      const impossible = wounds.filter(({ damage }) =>
        [...damage.victims].some((owner) => owners.has(owner)),
      );
      if (impossible.length === 0) throw new Error("The store does not take its own rows.");
      for (const wound of impossible) wound.damage.undo();
      refused.push(...impossible);
      wounds = wounds.filter((wound) => !impossible.includes(wound));
    }
  }

  #judge(wound: Wound, arrival: Arrival, seed: number): Verdict {
    const { workflowId } = wound.run;
    const claims = {
      found: arrival.claims.get(workflowId) ?? 0,
      expected: this.#expected.claims.get(workflowId) ?? 0,
    };
    const found = arrival.standings.get(workflowId) as Standing;
    return this.#verdict(
      wound,
      seed,
      judge({ mutated: wound.mutated, found, expected: this.#standing(workflowId), claims }),
    );
  }

  #verdict(
    { run, mutated }: Pick<Wound, "run" | "mutated">,
    seed: number,
    judgement: Pick<Verdict, "outcome" | "problem">,
  ): Verdict {
    return { home: this.name, seed, workflowId: run.workflowId, ...mutated, ...judgement, after: null };
  }

  /** Runs that were not damaged, and what is about no single run: only told when something is wrong. */
  #bystanders(wounds: readonly Wound[], arrival: Arrival, seed: number): Verdict[] {
    const hurt = new Set(wounds.flatMap(({ damage }) => [...damage.victims]));
    const kind = { kind: "not damaged", place: "-" };
    const found: Verdict[] = [];
    for (const run of this.#runs) {
      if (hurt.has(run.owner)) continue;
      const problem = judgeMended(
        arrival.standings.get(run.workflowId) as Standing,
        this.#standing(run.workflowId),
      );
      if (problem !== null)
        found.push(this.#verdict({ run, mutated: kind }, seed, { outcome: "BUG", problem }));
    }
    const [run] = this.#runs;
    for (const problem of arrival.untyped) {
      if (run !== undefined)
        found.push(this.#verdict({ run, mutated: kind }, seed, { outcome: "BUG", problem }));
    }
    return found;
  }

  /** Of the runs that are held some are mended, and have to end as they would have; others are deleted. */
  async #aftermath(
    opened: OpenStorage,
    journey: Omit<Journey, "runs">,
    { wounds, verdicts, prng }: { wounds: readonly Wound[]; verdicts: Verdict[]; prng: Prng },
  ): Promise<void> {
    const chosen = wounds
      .map((wound, index) => ({ wound, index, outcome: verdicts[index]?.outcome ?? "BUG" }))
      .filter(({ outcome }) => ["held", "told", "gone"].includes(outcome))
      .filter(({ outcome }) => outcome !== "gone" || this.#home.shape.orphans)
      .map((one) => ({ ...one, wanted: canBeMended(one.wound) && prng.chance(MENDED_SHARE) }));
    const wanted = chosen.filter((one) => one.wanted).map(({ wound }) => wound);
    const whole = mendAll(opened, wanted);
    const hurt = chosen.map((one) => ({ ...one, mends: whole.has(one.wound) }));
    const mended = hurt.filter(({ mends }) => mends);
    for (const { wound, index, mends, outcome } of hurt) {
      if (mends || outcome === "gone") continue;
      const { workflowId } = wound.run;
      if (opened.delete === undefined) continue;
      const deleted = await opened.delete(workflowId);
      this.#amend(verdicts, index, deleted ? null : "it cannot be deleted", "deleted");
    }
    const arrival = await opened.goOn({
      ...journey,
      runs: mended.map(({ wound }) => wound.run),
      resume: true,
    });
    for (const { wound, index } of mended) {
      const { workflowId } = wound.run;
      const problem = judgeMended(arrival.standings.get(workflowId) as Standing, this.#standing(workflowId));
      this.#amend(verdicts, index, problem, "mended");
    }
  }

  #amend(verdicts: Verdict[], index: number, problem: string | null, after: Verdict["after"]): void {
    const verdict = verdicts[index] as Verdict;
    verdicts[index] = { ...verdict, after, ...(problem === null ? {} : { outcome: "BUG", problem }) };
  }

  #standing(workflowId: string): Standing {
    return this.#expected.standings.get(workflowId) as Standing;
  }
}

/**
 * Puts back what was damaged, where it can be: not where a name was given to another row since, such as the id of a message
 * that was sent again. @returns the wounds that are mended
 */
function mendAll(opened: OpenStorage, wounds: readonly Wound[]): ReadonlySet<Wound> {
  const barred = new Set<Cell>();
  for (;;) {
    const image = opened.read();
    const mended = wounds
      .filter(({ run }) => !barred.has(run.owner))
      .filter(({ damage }) => damage.mend(image));
    const refused = opened.write(image);
    if (refused.size === 0) return new Set(mended);
    if ([...refused].every((owner) => barred.has(owner)))
      throw new Error("The store does not take mended rows.");
    for (const { run, damage } of mended) {
      if ([run.owner, ...damage.victims].some((owner) => refused.has(owner))) barred.add(run.owner);
    }
  }
}

/** A run whose row is put back as a whole, or under its own number, does not know of the messages that came meanwhile. */
function canBeMended({ mutated, damage }: Wound): boolean {
  return mutated.place !== "runs.run" && !damage.agedRun;
}
