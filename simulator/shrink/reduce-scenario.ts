import type { Scenario } from "../world/scenario.ts";
import { smallerPrograms } from "./reduce-program.ts";

/** Scenarios that are smaller by one thing each: programs first, then faults, then those outside. */
export function* smallerScenarios(scenario: Scenario): Generator<Scenario> {
  for (const [place, program] of scenario.programs.entries()) {
    for (const smaller of smallerPrograms(program)) {
      const programs = scenario.programs.map((each, at) => (at === place ? smaller : each));
      yield { ...scenario, programs };
    }
  }
  for (const plan of without(scenario.plan)) yield { ...scenario, plan };
  for (const incidents of without(scenario.incidents)) yield { ...scenario, incidents };
  for (const acts of without(scenario.acts)) yield { ...scenario, acts };
  // Others are called by their numbers, so only the last can go.
  if (scenario.runs.length > 1) yield { ...scenario, runs: scenario.runs.slice(0, -1) };
  if (scenario.hosts.length > 1) yield { ...scenario, hosts: scenario.hosts.slice(0, -1) };
  if (scenario.hosts.some(({ codec }) => codec !== undefined)) {
    const hosts = scenario.hosts.map(({ codec: _, ...host }) => host);
    yield { ...scenario, hosts };
  }
  if (scenario.hosts.some(({ limits }) => limits !== undefined)) {
    const hosts = scenario.hosts.map(({ limits: _, ...host }) => host);
    yield { ...scenario, hosts };
  }
  if (scenario.hosts.some(({ hearers }) => hearers !== undefined)) {
    const hosts = scenario.hosts.map(({ hearers: _, ...host }) => host);
    yield { ...scenario, hosts };
  }
  if (scenario.limits !== undefined) {
    const { limits: _, ...wide } = scenario;
    yield wide;
  }
  if (scenario.schemas !== undefined) {
    const { schemas: _, ...unchecked } = scenario;
    yield unchecked;
  }
  if (scenario.latencyMs > 0) yield { ...scenario, latencyMs: 0 };
}

/** The list without a half, a quarter … one of its items. */
function* without<Item>(list: readonly Item[]): Generator<readonly Item[]> {
  for (let size = list.length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < list.length; from += size) {
      yield [...list.slice(0, from), ...list.slice(from + size)];
    }
  }
}
