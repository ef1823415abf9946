import { setTimeout } from "node:timers/promises";
import { type Check, equal } from "./checks.ts";
import type { OrderResult, Orders } from "./orders.ts";

/** Long enough that a restart of workerd comes in between, on a busy machine too. */
const NAP_MS = 3_000;

/** What objects that are runs do on workerd. */
export const ORDER_CHECKS: readonly Check<Orders>[] = [
  {
    name: "a run sleeps in storage, is woken by its alarm, and leaves none",
    async run(orders) {
      await orders.ask("start", "sleeper", { napMs: 150 });
      await orders.stands("sleeper", "sleeping");
      const { id } = await orders.ask<OrderResult>("result", "sleeper");
      equal(id, "sleeper");
      equal(await orders.ask("stored", "sleeper"), { tables: 1, alarm: null });
      const string = "string";
      const history = [
        ["nap", 0, "undefined"],
        ["pack", 1, string],
        ["pay", 1, string],
      ];
      equal(((await orders.ask("history", "sleeper")) as unknown[][]).toSorted(), history);
    },
  },
  {
    name: "state and alarms survive a restart of the process",
    async run(orders) {
      const first = await orders.ask<string>("start", "survivor", { napMs: NAP_MS });
      await orders.stands("survivor", "sleeping");
      await orders.workerd.restart();
      // Nobody asks for the run: its alarm alone wakes it.
      await setTimeout(NAP_MS + 500);
      await orders.stands("survivor", "completed");
      const { packed, paid } = await orders.ask<OrderResult>("result", "survivor");
      equal([packed === first, paid !== first], [true, true]);
    },
  },
  {
    name: "a step that the process died in runs again, and none before it",
    async run(orders) {
      const first = await orders.ask<string>("start", "torn", { hang: true });
      await orders.stands("torn", "running");
      await orders.workerd.restart();
      // What hung is told by the memory of the process, which is gone: here it hangs once more, until its object dies.
      await orders.stands("torn", "running");
      await setTimeout(500);
      await orders.ask("die", "torn");
      const { packed, paid } = await orders.ask<OrderResult>("result", "torn");
      equal([packed === first, paid !== first], [true, true]);
    },
  },
  {
    name: "an object that dies in the middle of a step is found by its alarm",
    async run(orders) {
      await orders.ask("start", "mortal", { hang: true });
      await orders.stands("mortal", "running");
      await orders.ask("die", "mortal");
      await setTimeout(1_500);
      await orders.stands("mortal", "completed");
    },
  },
  {
    name: "errors stay typed over RPC, with their causes and data",
    async run(orders) {
      await orders.ask("start", "refused", { fail: true });
      const failed = await orders.refusal("result", "refused");
      equal([failed.typed, failed.name, failed.message], [true, "CriticalError", "declined"]);
      equal([failed.cause?.name, failed.cause?.amount], ["TypeError", "10"]);
      const names: string[] = [];
      for (const [what, id] of [
        ["result", "nobody"],
        ["send", "refused"],
        ["conflict", "refused"],
      ] as const) {
        const { typed, name } = await orders.refusal(what, id);
        names.push(typed ? name : `not typed: ${name}`);
      }
      equal(names, ["RunNotFoundError", "RunFinishedError", "WorkflowConflictError"]);
    },
  },
  {
    name: "requests are answered once, with values as they were",
    async run(orders) {
      const [answers, seen] = await orders.ask<[[number, string][], string[]]>("desk", "desk");
      equal(answers, [
        [1, "a"],
        [1, "a"],
        [2, "b"],
      ]);
      equal(seen, ["a", "b", "end"]);
    },
  },
  {
    name: "a cancelled run is over, and says so",
    async run(orders) {
      await orders.ask("start", "cancelled", { napMs: 1e9 });
      await orders.stands("cancelled", "sleeping");
      equal(await orders.ask("cancel", "cancelled"), { cancelled: true });
      equal((await orders.refusal("result", "cancelled")).name, "RunCancelledError");
      equal(await orders.ask("stored", "cancelled"), { tables: 1, alarm: null });
    },
  },
  {
    name: "40 objects run at once in one isolate",
    async run(orders) {
      const ids = await orders.ask<string[]>("many");
      equal(
        ids,
        Array.from({ length: 40 }, (_, n) => `many-${n}`),
      );
    },
  },
  {
    name: "a deleted run leaves nothing but what is not its own",
    async run(orders) {
      equal(await orders.ask("own", "deleted"), 1);
      await orders.ask("start", "deleted", { napMs: 1e9 });
      await orders.stands("deleted", "sleeping");
      equal(await orders.ask("delete", "deleted"), true);
      equal(await orders.ask("stored", "deleted"), { tables: 0, alarm: null });
      equal([await orders.ask("state", "deleted"), await orders.ask("own", "deleted")], [null, 2]);
    },
  },
];

/** With errors of the platform's own, as its newer compatibility dates have them. */
export const PLAIN_RPC_CHECKS: readonly Check<Orders>[] = [
  {
    name: "the class can be asked by plain RPC, and errors keep their codes",
    async run(orders) {
      const started = { workflowId: "plain", created: true };
      equal(await orders.ask("plain", "plain"), [
        started,
        "string",
        "RUN_STATE",
        ["string", "string"],
        "completed",
      ]);
    },
  },
];
