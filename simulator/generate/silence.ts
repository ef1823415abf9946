import type { Prng } from "../random/prng.ts";
import type { Act, Deed, Incident, Scenario } from "../world/scenario.ts";

/** The share of calls that get no answer. */
const SILENT = [0.01, 0.05, 0.2];
/** How long after the last fault all hosts die once more, unless they are stopped then, so that nothing waits for an answer any more. */
const DEATH_MS = 8_000;

/** The world with codecs or schemas that never answer some calls, and with those who leave what waits for them. */
export function withSilence(scenario: Scenario, prng: Prng): Scenario {
  const { hosts, quietAtMs } = scenario;
  const silent = prng.pick(SILENT);
  const ofCodec = prng.chance(0.6);
  const acts = [...scenario.acts, ...scenario.runs.flatMap((_, run) => leaving(prng, scenario, run))];
  const deaths = [...hosts.keys()]
    .filter((host) => !scenario.incidents.some((one) => one.host === host && one.atMs > quietAtMs))
    .map((host): Incident => {
      const atMs = quietAtMs + DEATH_MS + prng.int(1_000);
      return { atMs, host, kind: "kill", restartAfterMs: 100, version: 1 };
    });
  return {
    ...scenario,
    hosts: hosts.map((host) =>
      ofCodec ? { ...host, codec: { slowMs: 3, failing: 0, ...host.codec, silent } } : host,
    ),
    ...(ofCodec ? {} : { schemas: { slowMs: 3, ...scenario.schemas, silent } }),
    acts: acts.sort((a, b) => a.atMs - b.atMs),
    incidents: [...scenario.incidents, ...deaths],
  };
}

/** Somebody evicts, pauses or cancels the run before the world is quiet, and perhaps again. */
function leaving(prng: Prng, { hosts, runs, quietAtMs }: Scenario, run: number): readonly Act[] {
  const acts: Act[] = [];
  const act = (atMs: number, does: Deed): void => {
    const by = prng.chance(0.5) ? prng.int(hosts.length) : "client";
    acts.push({ atMs, run, by, does });
  };
  for (let times = prng.between(1, 3); times > 0; times--) {
    const atMs = (runs[run]?.startAtMs ?? 0) + prng.int(Math.max(3_000, quietAtMs));
    const how = prng.int(10);
    if (how < 5) act(atMs, { api: "evict" });
    else if (how < 9) {
      act(atMs, { api: "pause" });
      act(atMs + prng.pick([1, 1_000, 7_000]), { api: "resume" });
    } else act(atMs, { api: "cancel", compensate: prng.chance(0.5) });
  }
  return acts;
}
