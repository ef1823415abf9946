import { kvDriver } from "../../../src/index.ts";
import { type DriverContext, kvDamage } from "../../../src/testing.ts";
import { MapKV, type Platform } from "./map-kv.ts";

/** How the suite opens a driver of ours: a fresh storage for each case. */
export const context: DriverContext = {
  async open({ queuedMessages, driverLimits = {} } = {}) {
    const platform: Platform = { rows: new Map(), alarm: null };
    const limits = queuedMessages === undefined ? {} : { queuedMessages };
    const options = { workflowId: "run under test", limits, driverLimits };
    const driver = kvDriver(new MapKV(platform), options);
    return {
      driver,
      workflowId: options.workflowId,
      epoch: 0,
      reopen: async () => kvDriver(new MapKV(platform), options),
      response: (messageId) => driver.readResponse(messageId),
      close: async () => {},
      damage: kvDamage(() => new MapKV(platform)),
      alarm: () => platform.alarm,
      crash: async () => kvDriver(new MapKV({ ...platform, rows: new Map(platform.rows) }), options),
    };
  },
};

const oneProcess = "the platform lets one process at a time use a run's storage";
const noFaults = "this storage cannot be made to fail";
const tooSlow = "this storage sorts all its keys for each list";

/** Cases that do not apply, each with the reason. */
export const excused: Readonly<Record<string, string>> = {
  "second-sees": oneProcess,
  "second-fences": oneProcess,
  "fault-each-write": noFaults,
  "fault-message": noFaults,
  "fault-frees": noFaults,
  "fault-answer-lost": noFaults,
  "transactions-few": "this storage does not count its transactions",
  "pages-hundred-thousand": tooSlow,
  "rows-many": tooSlow,
  "queue-deep": tooSlow,
  "messages-backlog": tooSlow,
  "queue-count": tooSlow,
};
