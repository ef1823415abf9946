import type { MemoryDump } from "#holdfast/drivers/memory/memory-dump.ts";
import type { MemoryRunDump } from "#holdfast/drivers/memory/memory-run.ts";
import { memoryStore } from "#holdfast/drivers/memory/memory-store.ts";
import type { WorkflowDefinition } from "#holdfast/model/workflow.ts";
import type { EngineDriver } from "#holdfast/storage/driver.ts";
import { runWorkflow } from "#holdfast/system/run-workflow.ts";
import { virtualClock } from "#holdfast/testing/virtual-clock.ts";
import type { Fact, ReplayTrace } from "../evidence/fact.ts";
import { compile } from "../program/compile.ts";
import type { ProgramPorts } from "../program/ports.ts";
import type { World } from "./world.ts";

/** Milliseconds of virtual time within which a replay must have come to rest. */
const WITHIN_MS = 60_000;

/** Replays every run that sleeps, with nothing new for it, twice on copies of the store (I7). */
export async function replayTwice(world: World, stored: MemoryDump): Promise<void> {
  const damaged = new Set(
    world.chronicle.facts.filter((fact) => fact.type === "corrupted").map(({ run }) => run),
  );
  for (const run of stored.runs) {
    if (!sleepsOn(run, world.timeline.now) || damaged.has(run.row.workflowId)) continue;
    const version = lastVersion(world.chronicle.facts, run.row.workflowId);
    if (version === null || (version === 2 && breaksRules(world, run))) continue;
    const first = await replay(world, { stored, run, version });
    const second = await replay(world, { stored, run, version });
    world.chronicle.record("world", { type: "replayed", run: run.row.workflowId, first, second });
  }
}

/** Nothing has come that it waits for. */
function sleepsOn({ row, messages }: MemoryRunDump, now: number): boolean {
  if (row.status !== "sleeping" || row.wokenIn !== null || row.requested !== null) return false;
  if (row.wakeAt !== null && row.wakeAt <= now) return false;
  return !messages.some(({ name, expiresAt }) => expiresAt !== null || row.wants?.includes(name));
}

/** Whether its newer code holds the run: its process may have ended before it could. */
function breaksRules({ scenario }: World, { row }: MemoryRunDump): boolean {
  return scenario.programs.some(({ name, breaksRules }) => name === row.workflowName && breaksRules === true);
}

/**
 * The version of the code that made the run what it is, by whoever committed last; null when none did. A pass that began later may be one
 * that is late with a claim, whose code has yet to be told that it does not fit.
 */
function lastVersion(facts: readonly Fact[], workflowId: string): 1 | 2 | null {
  const last = facts.findLastIndex((fact) => fact.type === "committed" && fact.run === workflowId);
  const process = facts[last]?.process;
  for (let n = last - 1; n >= 0; n--) {
    const fact = facts[n];
    if (fact?.type !== "pass-started" || fact.run !== workflowId || fact.process !== process) continue;
    return fact.version === 2 ? 2 : 1;
  }
  return null;
}

async function replay(
  world: World,
  { stored, run, version }: { stored: MemoryDump; run: MemoryRunDump; version: 1 | 2 },
): Promise<ReplayTrace> {
  const clock = virtualClock({ now: world.timeline.now });
  const store = memoryStore({ clock });
  store.restore(stored);
  const { workflowId, epoch } = run.row;
  const before = bytesOf(store.dump(), workflowId);
  const trace = { writes: 0, bodies: 0, seen: [] as string[] };
  const ports: ProgramPorts = {
    record: (fact) => {
      if (fact.type === "seen") trace.seen.push(`${fact.path}: ${JSON.stringify(fact.outcome)}`);
      if (fact.type === "body-started") trace.bodies++;
    },
    sleep: (ms) => clock.sleep(ms),
    workflowId: (number) => world.workflowId(number),
    nextStart: () => 0,
    die: () => false,
    nextPass: () => 0,
  };
  const workflow = world.scenario.programs
    .map((program) => compile(program, version, ports))
    .find(({ name }) => name === run.row.workflowName) as WorkflowDefinition;
  const driver = counting(store.driver({ workflowId, epoch }), () => trace.writes++);
  const { scheduler } = clock;
  const { limits } = world.scenario.hosts[0] ?? {};
  const handle = runWorkflow(workflowId, workflow, undefined, driver, {
    clock,
    scheduler,
    ...(limits === undefined ? {} : { limits }),
  });
  let rests = false;
  const rest = (): void => {
    rests = true;
  };
  await clock.settle(handle.result.then(rest, rest), WITHIN_MS).catch(() => {});
  return { ...trace, rests, same: bytesOf(store.dump(), workflowId) === before };
}

function counting(driver: EngineDriver, onWrite: () => void): EngineDriver {
  return {
    limits: driver.limits,
    load: () => driver.load(),
    list: (prefix, page) => driver.list(prefix, page),
    commit: (batch) => {
      onWrite();
      return driver.commit(batch);
    },
    applied: (batchId) => driver.applied(batchId),
    peekMessages: (names, count) => driver.peekMessages(names, count),
    enqueueMessage: (message) => {
      onWrite();
      return driver.enqueueMessage(message);
    },
    waitForMessages: (names, signal) => driver.waitForMessages(names, signal),
  };
}

function bytesOf(dump: MemoryDump, workflowId: string): string {
  const run = dump.runs.find(({ row }) => row.workflowId === workflowId);
  return JSON.stringify(run, (_key, value: unknown) =>
    value instanceof Uint8Array ? Array.from(value).join(" ") : value,
  );
}
