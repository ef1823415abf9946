import type { Prng } from "../random/prng.ts";
import type { Incident, PlannedHost } from "../world/scenario.ts";
import type { Swarm } from "./features.ts";
import type { Weather } from "./weather.ts";

interface Outside {
  readonly hosts: readonly PlannedHost[];
  readonly quietAtMs: number;
  readonly weather: Weather;
}

const DAY_MS = 86_400_000;
const CLOCK_JUMPS_MS = [1, 50, 1_000, 60_000, 3_600_000, DAY_MS, 10 * 365 * DAY_MS];
const PAUSES_MS = [100, 600, 1_500, 3_000, 7_000];

/** What happens to the hosts before the world is quiet; an upgrade ends with all of them on the newer code. */
export function generateIncidents(prng: Prng, swarm: Swarm, outside: Outside): Incident[] {
  const { hosts, quietAtMs, weather } = outside;
  const most = weather === "storm" ? 4 : 2;
  const upgrade = weather === "upgrade" || swarm.has("newer-code");
  const incidents: Incident[] = [];
  for (const host of hosts.keys()) {
    const at = (): { readonly atMs: number; readonly host: number } => ({ atMs: prng.int(quietAtMs), host });
    const version = (): number => (upgrade ? prng.between(1, 2) : 1);
    const times = (feature: Parameters<Swarm["has"]>[0]): number[] =>
      swarm.has(feature) ? Array.from({ length: prng.between(0, most) }, (_, n) => n) : [];
    for (const _ of times("kills")) {
      incidents.push({ ...at(), kind: "kill", restartAfterMs: prng.between(1, 3_000), version: version() });
    }
    for (const _ of times("stops")) {
      const timeoutMs = prng.pick([0, 100, 1_000]);
      const restartAfterMs = prng.between(1, 2_000);
      incidents.push({ ...at(), kind: "stop", restartAfterMs, version: version(), timeoutMs });
    }
    for (const _ of times("pauses")) incidents.push({ ...at(), kind: "pause", forMs: prng.pick(PAUSES_MS) });
    for (const _ of times("clock-jumps")) {
      const byMs = prng.pick(CLOCK_JUMPS_MS) * (prng.chance(0.5) ? 1 : -1);
      incidents.push({ ...at(), kind: "clock", byMs });
    }
    if (upgrade) incidents.push({ atMs: quietAtMs + 3_500, host, kind: "stop", ...LAST_DEPLOY });
  }
  return incidents.sort((a, b) => a.atMs - b.atMs);
}

const LAST_DEPLOY = { restartAfterMs: 200, version: 2, timeoutMs: 1_000 };
