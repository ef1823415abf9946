import type { Incident } from "./scenario.ts";
import type { SimHost } from "./sim-host.ts";

/** For how long things go wrong because of it. */
export function lastsMs(incident: Incident): number {
  switch (incident.kind) {
    case "kill":
      return incident.restartAfterMs;
    case "stop":
      return incident.timeoutMs + incident.restartAfterMs;
    case "pause":
      return incident.forMs;
    case "clock":
      return 0;
  }
}

/** Resolves when it is over, as far as it ends by itself. */
export async function happen(host: SimHost, incident: Incident): Promise<void> {
  switch (incident.kind) {
    case "kill":
      host.kill(incident.restartAfterMs, codeOf(incident.version));
      break;
    case "stop":
      await host.stop(incident.timeoutMs, {
        afterMs: incident.restartAfterMs,
        version: codeOf(incident.version),
      });
      break;
    case "pause":
      host.pause(incident.forMs);
      break;
    case "clock":
      host.setClock(incident.byMs);
      break;
  }
}

function codeOf(version: number): 1 | 2 {
  return version === 2 ? 2 : 1;
}
