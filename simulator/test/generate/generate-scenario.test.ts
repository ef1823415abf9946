import { expect, test } from "vitest";
import { generateScenario, type Weather } from "../../generate/generate-scenario.ts";
import { numberedSeed } from "../../random/prng.ts";
import { CALL_FAULTS, HINT_FAULTS } from "../../world/fault.ts";
import type { Scenario } from "../../world/scenario.ts";

const WEATHERS: readonly Weather[] = ["soup", "storm", "calm", "upgrade"];

function scenariosIn(weather: Weather, count = 60): Scenario[] {
  return Array.from({ length: count }, (_, n) => generateScenario(numberedSeed(n), weather));
}

test.each(WEATHERS)("the same seed gives the same scenario, as plain data: %s", (weather) => {
  for (const [n, scenario] of scenariosIn(weather, 50).entries()) {
    expect(generateScenario(numberedSeed(n), weather)).toEqual(scenario);
    expect(JSON.parse(JSON.stringify(scenario))).toEqual(scenario);
  }
});

test.each(WEATHERS)(
  "runs, hosts and acts are within their bounds and refer to what there is: %s",
  (weather) => {
    for (const { programs, runs, hosts, acts, incidents, quietAtMs, endAtMs } of scenariosIn(weather)) {
      expect(runs.length).toBeGreaterThanOrEqual(1);
      expect(runs.length).toBeLessThanOrEqual(5);
      expect(hosts.length).toBeLessThanOrEqual(4);
      for (const { program } of runs) expect(programs[program]).toBeDefined();
      for (const { run, by, atMs } of acts) {
        expect(runs[run]).toBeDefined();
        if (by !== "client") expect(hosts[by]).toBeDefined();
        expect(atMs).toBeLessThan(endAtMs);
      }
      for (const { host, atMs } of incidents) {
        expect(hosts[host]).toBeDefined();
        expect(atMs).toBeLessThan(quietAtMs + 10_000);
      }
    }
  },
);

test("over all seeds everything is done to runs, everything happens to hosts, and everything goes wrong with calls", () => {
  const deeds = new Set<string>();
  const incidents = new Set<string>();
  const faults = new Set<string>();
  const storages = new Set<string>();
  const codecs = new Set<unknown>();
  for (const scenario of scenariosIn("soup", 500)) {
    for (const { does } of scenario.acts) deeds.add(does.api);
    for (const { kind } of scenario.incidents) incidents.add(kind);
    for (const fault of Object.keys(scenario.rates)) faults.add(fault);
    storages.add(scenario.storage);
    for (const { codec } of scenario.hosts) codecs.add(codec?.failing ?? "none");
  }
  expect([...deeds].sort()).toEqual([...DEEDS].sort());
  expect([...incidents].sort()).toEqual(["clock", "kill", "pause", "stop"]);
  expect([...faults].sort()).toEqual([...CALL_FAULTS, ...HINT_FAULTS, "corruption"].sort());
  expect([...storages].sort()).toEqual(["memory", "sqlite-file", "sqlite-memory"]);
  expect([...codecs].sort()).toEqual([0, 0.05, 0.3, 0.9, "none"]);
});

const DEEDS = [
  ...[
    "send",
    "request",
    "cancel",
    "start",
    "wake",
    "evict",
    "pause",
    "resume",
    "recover",
    "delete",
    "history",
  ],
  ...["state", "result", "watch", "rewind", "fork"],
];

test("a calm world has neither faults nor incidents", () => {
  for (const { rates, incidents, plan } of scenariosIn("calm")) {
    expect(rates).toEqual({});
    expect(incidents).toEqual([]);
    expect(plan).toEqual([]);
  }
});

test("an upgrade begins with version 1, has newer code, and ends with version 2 on every host", () => {
  for (const { hosts, incidents, programs } of scenariosIn("upgrade")) {
    for (const [number, host] of hosts.entries()) {
      expect(host.version).toBe(1);
      const last = incidents.filter((incident) => incident.host === number && "version" in incident).at(-1);
      expect(last).toMatchObject({ kind: "stop", version: 2 });
    }
    expect(programs.length).toBeGreaterThan(0);
  }
  expect(
    scenariosIn("upgrade").some(({ programs }) => programs.some(({ newer }) => newer !== undefined)),
  ).toBe(true);
});

test("a run that is deleted when its world has come to rest is not started again by anybody", () => {
  for (const { acts, quietAtMs } of scenariosIn("soup")) {
    for (const { does, run, atMs } of acts) {
      if (does.api !== "delete" || atMs < quietAtMs + 30_000) continue;
      const starts = acts.filter((act) => act.run === run && act.does.api === "start");
      for (const start of starts) expect(start.atMs).toBeLessThan(atMs - 20_000);
    }
  }
});

test("ids are used again after runs were deleted at work", () => {
  const reborn = scenariosIn("soup").filter(({ acts }) =>
    acts.some(({ does, run, atMs }) => {
      const later = acts.filter((act) => act.run === run && act.atMs >= atMs && act.does.api === "start");
      return does.api === "delete" && later.length > 0;
    }),
  );
  expect(reborn.length).toBeGreaterThan(0);
});
