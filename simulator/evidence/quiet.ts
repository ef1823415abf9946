import type { Evidence } from "./evidence.ts";
import { allHoldings } from "./holdings.ts";
import { memo } from "./memo.ts";

/**
 * How long a run that is due may wait for a host that has room: two leases (one of a dead holder, one of a slow one),
 * polls, the way there and back, and backoffs.
 */
const patienceMs = memo(({ scenario }): number => {
  const longest = (of: (host: Evidence["scenario"]["hosts"][number]) => number): number =>
    Math.max(0, ...scenario.hosts.map(of));
  const slowest = Math.min(1, ...scenario.hosts.map(({ clockRate }) => clockRate));
  const own = 2 * longest(({ leaseMs }) => leaseMs) + 3 * longest(({ pollMs }) => pollMs) + 35_000;
  return own / slowest + 20 * scenario.latencyMs;
});

/** The span of time in which nothing goes wrong and all hosts are up; null when the world had none. */
const quietSpan = memo((evidence): { readonly from: number; readonly to: number } | null => {
  const { scenario, facts, quietSince } = evidence;
  const processes = scenario.hosts.map((_, number) => `host-${number}`);
  const up = new Set<string>();
  let from = Number.POSITIVE_INFINITY;
  for (const fact of facts) {
    const { process, at } = fact;
    switch (fact.type) {
      case "process-started":
      case "process-continued":
        up.add(process);
        break;
      case "process-killed":
      case "process-stopping":
      case "process-stopped":
      case "process-paused":
        if (from !== Number.POSITIVE_INFINITY && at > quietSince) return { from, to: at };
        up.delete(process);
        from = Number.POSITIVE_INFINITY;
        break;
      default:
    }
    const calm = at >= quietSince && processes.every((one) => up.has(one));
    if (calm) from = Math.min(from, at);
  }
  return from === Number.POSITIVE_INFINITY ? null : { from, to: evidence.endedAt };
});

/**
 * Whether a run that became due at this time, by the store's clock, must have been claimed before the world ended; then
 * until when. Null: nothing is promised.
 */
export function mustBeClaimedBy(evidence: Evidence, dueAt: number): number | null {
  const quiet = quietSpan(evidence);
  if (quiet === null) return null;
  const by = Math.max(dueAt, quiet.from) + patienceMs(evidence);
  return by < quiet.to && hasRoom(evidence, by) ? by : null;
}

/** Bodies that never end fill a host for ever. */
function hasRoom(evidence: Evidence, at: number): boolean {
  const held = new Map<string, number>();
  for (const { process, fromAt, givenUp, taken } of allHoldings(evidence)) {
    const end = evidence.facts[Math.min(givenUp, taken)]?.at ?? Number.POSITIVE_INFINITY;
    if (fromAt <= at && end > at) held.set(process, (held.get(process) ?? 0) + 1);
  }
  return evidence.scenario.hosts.every(
    ({ concurrency }, number) => (held.get(`host-${number}`) ?? 0) < concurrency,
  );
}
