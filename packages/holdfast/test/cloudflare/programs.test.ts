import { describe, expect, test } from "vitest";
import { RunFinishedError } from "../../src/index.ts";
import type { Workflow } from "../../src/model/workflow.ts";
import { objectClient } from "../../src/objects/object-client.ts";
import type { ObjectWorkflowHandle } from "../../src/objects/object-handle.ts";
import { workflowObject } from "../../src/objects/workflow-object.ts";
import type { CrashProgram } from "../../src/testing/crash-program.ts";
import type { ScriptedMessage } from "../../src/testing/simulated-run.ts";
import { virtualClock } from "../../src/testing/virtual-clock.ts";
import { programGroups } from "../sweep/programs.ts";
import { DurableObject, FakeObjects } from "./fake-objects.ts";

/** What a program came to as an object: an output, or an error's name. */
interface Trial {
  readonly end: unknown;
  readonly transactions: number;
  readonly lives: number;
}

/** Asks until it is answered: by an object that has died none of its callers is. */
async function insist<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      const lost = (error as { code?: unknown }).code === "STORAGE";
      if (!lost || tries === 10) throw error;
    }
  }
}

async function send(
  handle: ObjectWorkflowHandle,
  message: ScriptedMessage,
  messageId: string,
): Promise<void> {
  const { name, body, completable = false, expiresAt, at = 0 } = message;
  const options = { messageId, ...(expiresAt === undefined ? {} : { expiresIn: expiresAt - at }) };
  const call = completable
    ? () => handle.request(name, body, { ...options, timeout: "100d" })
    : () => handle.send(name, body, options);
  // What comes too late, or is never answered, is not what is asked about here.
  await insist(call).catch((error: unknown) => {
    if (!RunFinishedError.is(error) && (error as { code?: unknown }).code !== "REQUEST_TIMEOUT") throw error;
  });
}

/** Runs a program as an object, which dies at the transaction of this number: before it if the number is odd, else after it. */
async function trial(program: CrashProgram, dies: number): Promise<Trial> {
  const clock = virtualClock();
  const { limits, codec } = program;
  const settings = {
    clock,
    scheduler: clock.scheduler,
    // Time that the recovery takes would change what is in time.
    watchMs: 20,
    ...(limits === undefined ? {} : { limits }),
    ...(codec === undefined ? {} : { codec }),
  };
  const workflow = program.workflow as unknown as Workflow;
  const objects = new FakeObjects({ class: workflowObject(DurableObject, workflow, settings), clock });
  const object = objects.object("run");
  let transactions = 0;
  object.disk.transaction = (when) => {
    if (when === "before") transactions += 1;
    if (transactions === dies && when === (dies % 2 === 1 ? "before" : "after")) object.kill();
  };
  const client = objectClient(objects, workflow);
  const handle = await insist(() => client.start({ workflowId: "run", input: program.input }));
  for (const [index, message] of (program.messages ?? []).entries()) {
    const sending = (): Promise<void> => send(handle, message, message.id ?? `message ${index}`);
    if ((message.at ?? 0) === 0 && message.completable !== true) await sending();
    else clock.setTimer(message.at ?? 0, () => void sending());
  }
  const end = await clock.settle(
    insist(() => handle.result()).then(
      (output) => ({ output }),
      (error: unknown) => ({ error: String(error) }),
    ),
  );
  return { end, transactions, lives: object.lives };
}

describe.each(Object.entries(programGroups))(
  "programs as objects that die at a transaction: %s",
  (_, programs) => {
    test.each(programs)("$name", { timeout: 60_000 }, async (program) => {
      const { end, transactions } = await trial(program, 0);
      const allowed = [end, ...(program.alsoAllowed ?? []).map((output) => ({ output }))];
      for (let dies = 1; dies <= transactions; dies++) {
        const survived = await trial(program, dies);
        expect(survived.lives).toBe(2);
        expect(allowed, `died at transaction ${dies}`).toContainEqual(survived.end);
      }
    });
  },
);
