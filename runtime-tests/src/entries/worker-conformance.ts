// Runs on workerd: the conformance suite of drivers, each case in an object of its own.
import { DurableObject } from "cloudflare:workers";
import { durableDriver } from "holdfast/cloudflare";
import { type DriverContext, driverConformance } from "holdfast/testing";
import { FaultyStorage } from "../cloudflare/faulty-storage.ts";
import { runSuiteCase } from "../conformance/run-suite.ts";
import type { CaseReport } from "../smoke/run-case.ts";

const reason = "the platform has one object at a time use a storage";
const noAlarm = "an alarm that is due fires here at once: looked at in the library's own tests";
const noDamage = "what is stored is damaged in the library's own tests";
const EXCUSED: Readonly<Record<string, string>> = {
  "second-sees": reason,
  "second-fences": reason,
  "fault-frees": reason,
  "damage-id-forgotten": noDamage,
  "damage-message-lost": noDamage,
  "damage-message-moved": noDamage,
  "bare-alarm": noAlarm,
  "bare-alarm-end": noAlarm,
};

/** An object for one case. */
export class Conformance extends DurableObject {
  async run(index: number): Promise<CaseReport> {
    const one = driverConformance[index];
    if (one === undefined) throw new Error(`There is no case ${index}.`);
    return runSuiteCase(one, this.#context(), { stage: "conformance", excused: EXCUSED });
  }

  override alarm(): void {}

  #context(): DriverContext {
    return {
      open: async ({ queuedMessages, driverLimits = {} } = {}) => {
        await this.ctx.storage.deleteAll();
        const storage = new FaultyStorage(this.ctx.storage);
        const limits = queuedMessages === undefined ? {} : { queuedMessages };
        const open = (over: FaultyStorage) =>
          durableDriver({ id: this.ctx.id, storage: over }, { limits, driverLimits });
        const { driver, workflowId } = open(storage);
        return {
          driver,
          workflowId,
          epoch: 0,
          reopen: async () => open(storage).driver,
          response: (messageId) => driver.readResponse(messageId),
          close: async () => {},
          crash: async () => {
            storage.kill();
            return open(new FaultyStorage(this.ctx.storage)).driver;
          },
          faults: storage,
          transactions: () => storage.transactions,
        };
      },
    };
  }
}

interface Env {
  readonly CONFORMANCE: DurableObjectNamespace<Conformance>;
}

export default {
  async fetch(request: Request, { CONFORMANCE }: Env): Promise<Response> {
    const asked = new URL(request.url).pathname.slice(1);
    if (asked === "") return Response.json(driverConformance.length);
    return Response.json(await CONFORMANCE.getByName(asked).run(Number(asked)));
  },
};
