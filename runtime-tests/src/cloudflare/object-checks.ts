import type { CaseReport } from "../smoke/run-case.ts";
import { checkAlarms } from "./alarm-check.ts";
import { runChecks } from "./checks.ts";
import { checkKills } from "./kill-check.ts";
import { ORDER_CHECKS, PLAIN_RPC_CHECKS } from "./order-checks.ts";
import { Orders } from "./orders.ts";
import { Workerd } from "./workerd.ts";

/** Years and flags by which workerd differs: with what it calls back after microtasks, and what it keeps of errors. */
const SETTINGS: readonly { readonly date: string; readonly flags: readonly string[] }[] = [
  { date: "2024-04-05", flags: [] },
  { date: "2026-07-01", flags: [] },
  { date: "2026-07-01", flags: ["nodejs_compat"] },
];

/** The conformance suite inside workerd, and objects that are runs. */
export async function runObjectChecks(): Promise<CaseReport[]> {
  const reports = await runConformance();
  for (const { date, flags } of SETTINGS) {
    const orders = await Orders.start(date, flags);
    try {
      const checks = date < "2026" ? ORDER_CHECKS : [...ORDER_CHECKS, ...PLAIN_RPC_CHECKS];
      reports.push(...(await runChecks(["objects", date, ...flags].join(" "), orders, checks)));
    } finally {
      await orders.workerd.stop();
    }
  }
  const kills = [{ name: "what was committed never ran again", run: checkKills }];
  reports.push(...(await runChecks("objects, workerd killed 8 times", undefined, kills)));
  const alarms = [
    { name: "a run whose object dies at any event, or whose alarm fails, is woken", run: checkAlarms },
  ];
  return [...reports, ...(await runChecks("objects that die", undefined, alarms))];
}

async function runConformance(): Promise<CaseReport[]> {
  const objects = { CONFORMANCE: "Conformance" };
  const workerd = await Workerd.start({ entry: "entries/worker-conformance.ts", objects });
  try {
    const count = (await workerd.get("/")) as number;
    const reports: CaseReport[] = [];
    for (let index = 0; index < count; index++) reports.push((await workerd.get(`/${index}`)) as CaseReport);
    return reports;
  } finally {
    await workerd.stop();
  }
}
