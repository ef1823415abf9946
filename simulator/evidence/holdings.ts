import { isTerminal } from "#holdfast/model/run.ts";
import { keepsClaim } from "#holdfast/storage/due.ts";
import { commitBefore, type Life, lifeAt } from "./lives.ts";
import { memo } from "./memo.ts";

/** One claim of a run, from the instant at which the storage gave it. */
export interface Holding {
  readonly run: string;
  readonly life: Life;
  /** Who asked for it. */
  readonly process: string;
  readonly owner: string;
  readonly epoch: number;
  readonly leaseMs: number;
  /** The fact and the time at which it began. */
  readonly from: number;
  readonly fromAt: number;
  /** When its lease ends by the store's clock, as last granted. */
  readonly until: number;
  /** The fact with which its holder gave it up, or the run was deleted; infinite when neither happened. */
  readonly givenUp: number;
  /** The fact with which its holder was done with it, but could not give it back; infinite when that did not happen. */
  readonly letGo: number;
  /** The fact with which somebody else got the run; infinite when nobody did. */
  readonly taken: number;
  /** The first fact with which its holder did something with it; infinite: it may never have heard of it. */
  readonly usedAt: number;
  /** The first fact with which a pass of it wrote, or was told that it may not: a lease may be renewed before there is a pass. */
  readonly workedAt: number;
}

type Building = { -readonly [Key in keyof Holding]: Holding[Key] };

/** All claims that the storage gave, by run, oldest first. */
const holdingsByRun = memo((evidence): ReadonlyMap<string, readonly Holding[]> => {
  const all = new Map<string, Building[]>();
  const current = (run: string): Building | undefined => all.get(run)?.at(-1);
  for (const fact of evidence.facts) {
    switch (fact.type) {
      case "claimed": {
        const { run, owner, process, n: from, at: fromAt } = fact;
        const life = lifeAt(evidence, run, from);
        if (life === undefined) break;
        const { epoch, leaseMs } = fact.claim;
        const before = current(run);
        if (before !== undefined) before.taken = Math.min(before.taken, from);
        const until = fact.record.lease?.until ?? fromAt + leaseMs;
        const holding = { run, life, process, owner, epoch, leaseMs, from, fromAt, until };
        const never = Number.POSITIVE_INFINITY;
        const claims = all.get(run) ?? [];
        all.set(run, claims);
        claims.push({
          ...holding,
          givenUp: never,
          letGo: never,
          taken: never,
          usedAt: never,
          workedAt: never,
        });
        break;
      }
      case "refused":
        work(all.get(fact.run), fact.epoch, fact.n);
        break;
      case "renewed": {
        use(all.get(fact.run), fact.epoch, fact.n);
        const holding = current(fact.run);
        if (
          holding !== undefined &&
          fact.held &&
          holding.epoch === fact.epoch &&
          holding.owner === fact.owner
        )
          holding.until = Math.max(holding.until, fact.until);
        break;
      }
      case "committed":
        work(all.get(fact.run), fact.batch.epoch, fact.n);
        if (!keepsClaim(fact.batch.status, fact.batch.wakeAt)) giveUp(current(fact.run), fact.n);
        break;
      case "released":
        use(all.get(fact.run), fact.epoch, fact.n);
        if (current(fact.run)?.epoch === fact.epoch) giveUp(current(fact.run), fact.n);
        break;
      case "fault": {
        const holding = fact.operation === "release" ? current(fact.run ?? "") : undefined;
        if (holding?.process === fact.process) holding.letGo = Math.min(holding.letGo, fact.n);
        break;
      }
      case "deleted":
        if (fact.existed) giveUp(current(fact.run), fact.n);
        break;
      default:
    }
  }
  return all;
});

function use(claims: Building[] | undefined, epoch: number, n: number): void {
  const holding = ofEpoch(claims, epoch);
  if (holding !== undefined) holding.usedAt = Math.min(holding.usedAt, n);
}

function work(claims: Building[] | undefined, epoch: number, n: number): void {
  use(claims, epoch, n);
  const holding = ofEpoch(claims, epoch);
  if (holding !== undefined) holding.workedAt = Math.min(holding.workedAt, n);
}

function ofEpoch(claims: Building[] | undefined, epoch: number): Building | undefined {
  return claims?.findLast((claim) => claim.epoch === epoch);
}

function giveUp(holding: Building | undefined, n: number): void {
  if (holding !== undefined) holding.givenUp = Math.min(holding.givenUp, n);
}

/** The claims of a run, oldest first. */
export function holdingsOf(evidence: Parameters<typeof holdingsByRun>[0], run: string): readonly Holding[] {
  return holdingsByRun(evidence).get(run) ?? [];
}

export function allHoldings(evidence: Parameters<typeof holdingsByRun>[0]): readonly Holding[] {
  return [...holdingsByRun(evidence).values()].flat();
}

/** Something that happened in a pass of a run. */
export interface InPass {
  readonly run: string;
  readonly process: string;
  readonly pass: number;
  readonly n: number;
}

interface PassStart {
  readonly pass: number;
  readonly n: number;
}

/** Where the passes of each run began, by process. */
const passStarts = memo(({ facts }) => {
  const starts = new Map<string, PassStart[]>();
  for (const fact of facts) {
    if (fact.type !== "pass-started") continue;
    const { run, process, pass, n } = fact;
    const identity = JSON.stringify([run, process]);
    const passes = starts.get(identity) ?? [];
    starts.set(identity, passes);
    passes.push({ pass, n });
  }
  return starts;
});

function passesOf(
  evidence: Parameters<typeof passStarts>[0],
  { run, process }: Pick<InPass, "run" | "process">,
): readonly PassStart[] {
  return passStarts(evidence).get(JSON.stringify([run, process])) ?? [];
}

/** Where a pass began; at fact `n` where that is not known. */
function beganAt(passes: readonly PassStart[], { pass, n }: Pick<InPass, "pass" | "n">): number {
  return passes.find((one) => one.pass === pass)?.n ?? n;
}

/**
 * The claim under which a pass was when fact `n` happened: the newest that its process had when it began, and then those with
 * which it was taken up in place after it had given the run up, or that followed one of which nobody may have heard. A pass that
 * was robbed stays what it was, whoever claims the run afterwards, and so does one that is followed by another.
 */
export function holdingOfPass(
  evidence: Parameters<typeof holdingsByRun>[0],
  { run, process, pass, n }: InPass,
): Holding | undefined {
  const passes = passesOf(evidence, { run, process });
  const began = beganAt(passes, { pass, n });
  const follower = passes.find((one) => one.pass > pass && one.n < n)?.n;
  const mine = holdingsOf(evidence, run).filter((holding) => holding.process === process);
  const first = openedUnder(mine, passes, { pass, began });
  let index = first;
  const end = follower === undefined ? mine.length : mine.findLastIndex(({ from }) => from < follower);
  for (let then = mine[index + 1]; then !== undefined; then = mine[index + 1]) {
    const current = mine[index];
    // A pass is opened by who has heard of its claim, whatever came of it.
    const heard = (current !== undefined && current.usedAt < then.from) || index === first;
    const robbed = heard && current !== undefined && Math.min(current.givenUp, current.letGo) >= then.from;
    const reborn = current !== undefined && current.life !== then.life;
    if (then.from > n || index + 1 >= end || robbed || reborn) break;
    index++;
  }
  return mine[index];
}

/**
 * The claim under which a pass was opened, by its place among those of its process: the newest when it began. Two passes that began
 * under one claim are the run's way forward and its rollback; else the first was opened by the claim before, and had read the run before
 * it was claimed again; unless something came of the newest one before the second began, which was then late with an older one.
 */
function openedUnder(
  mine: readonly Holding[],
  passes: readonly PassStart[],
  { pass, began }: { readonly pass: number; readonly began: number },
): number {
  const newest = mine.findLastIndex((claim) => claim.from < began && !isOfEndedRun(claim));
  const next = passes.find((one) => one.pass > pass);
  const claimed = mine[newest];
  if (next === undefined || claimed === undefined) return newest;
  if (mine.findLastIndex(({ from }) => from < next.n) !== newest) return newest;
  const { workedAt, givenUp } = claimed;
  if ([workedAt, givenUp].some((at) => at > began && at < next.n)) return newest;
  const rollsBack = commitBefore(claimed.life, next.n)?.record.status === "rolling_back";
  return rollsBack ? newest : Math.max(0, newest - 1);
}

/** No pass is opened under such a claim: it is of whoever deletes what is over, or of an operator, who gives it back. */
function isOfEndedRun({ life, from }: Holding): boolean {
  const before = commitBefore(life, from);
  return before !== undefined && isTerminal(before.record.status);
}

/**
 * Whether a pass may be late with the claim before the newest one that its process had when it began: nothing had come of the older one
 * by then, and something did later, or it was of a run that was deleted since and created anew. Or it may have been taken up in place, by
 * fact `n`, with such an older claim.
 */
function mayBeLate(evidence: Parameters<typeof holdingsByRun>[0], at: InPass): boolean {
  const { run, process, n } = at;
  const mine = holdingsOf(evidence, run).filter((holding) => holding.process === process);
  const lateAt = (when: number): boolean => {
    const [newest, before] = mine.filter(({ from }) => from < when).reverse();
    if (before === undefined || before.usedAt < when) return false;
    return before.life !== newest?.life || before.usedAt < Number.POSITIVE_INFINITY;
  };
  return lateAt(beganAt(passesOf(evidence, at), at)) || lateAt(n);
}

/** The claim under which something happened in a pass, as long as nobody else was given the run; null where that is not certain. */
export function undisputedHoldingOf(
  evidence: Parameters<typeof holdingsByRun>[0],
  at: InPass,
): Holding | null {
  const holding = holdingOfPass(evidence, at);
  if (holding === undefined || at.n > holding.taken) return null;
  return mayBeLate(evidence, at) ? null : holding;
}

/** The newest claim of the run that this process had been given when fact `n` happened. */
export function holdingOf(
  evidence: Parameters<typeof holdingsByRun>[0],
  at: Pick<InPass, "run" | "process" | "n">,
): Holding | undefined {
  return holdingsOf(evidence, at.run).findLast(
    (holding) => holding.process === at.process && holding.from < at.n,
  );
}
