import { setTimeout } from "node:timers/promises";
import { equal } from "./checks.ts";
import { insist } from "./insist.ts";
import { Ledger } from "./ledger.ts";
import { Workerd } from "./workerd.ts";

const ENTRY = "entries/worker-patrols.ts";
const WORDS = ["first", "second", "third", "last"];
/** In the middle of all that. */
const RESTART_AFTER_MS = 250;

interface Patrol {
  readonly starts: Readonly<Record<string, number>>;
  readonly words: readonly string[];
}

/** What goes wrong in an object, and at its how manieth event or alarm. */
interface Mishap {
  readonly how: "event" | "alarm" | "throw" | "throw-after";
  readonly left: number;
}

/** One or two mishaps for each object: a death at each of its first events, and alarms that fail before and after their work. */
const PLANS: readonly (readonly Mishap[])[] = [
  ...Array.from({ length: 14 }, (_, n) => [{ how: "event", left: n + 1 } as const]),
  ...Array.from({ length: 5 }, (_, n) => [
    { how: "event", left: n + 1 } as const,
    { how: "event", left: 2 } as const,
  ]),
  ...[1, 2, 3].flatMap((left) => (["alarm", "throw", "throw-after"] as const).map((how) => [{ how, left }])),
];

/**
 * Runs that nothing but their alarms and messages wake, in objects that die between an alarm and a commit, and whose alarms throw,
 * while messages come in between and workerd is killed once: each run completes with each message once, and no step that was
 * committed has started again.
 */
export async function checkAlarms(): Promise<void> {
  const ledger = new Ledger([], async () => {});
  const services = { LEDGER: (key: string) => ledger.started(key) };
  const workerd = await Workerd.start({ entry: ENTRY, objects: { PATROLS: "Patrols" }, services });
  try {
    const restarted = setTimeout(RESTART_AFTER_MS).then(() => workerd.restart());
    const patrols = await Promise.all(PLANS.map((plan, n) => patrol(workerd, `patrol-${n}`, plan)));
    await restarted;
    for (const [n, { starts, words }] of patrols.entries()) {
      equal(words, WORDS);
      equal(ledger.lastStarts(`patrol-${n}`), keyed(`patrol-${n}`, starts));
    }
  } finally {
    await workerd.stop();
  }
}

async function patrol(workerd: Workerd, id: string, plan: readonly Mishap[]): Promise<Patrol> {
  await insist(workerd, `/prepare/${id}?text=${encodeURIComponent(JSON.stringify(plan))}`);
  await insist(workerd, `/start/${id}`);
  for (const [n, word] of WORDS.entries()) {
    await setTimeout((plan[0]?.left ?? 0) * (n + 3));
    await insist(workerd, `/word/${id}?text=${word}`);
  }
  return (await insist(workerd, `/result/${id}`)) as Patrol;
}

function keyed(id: string, starts: Patrol["starts"]): Record<string, number> {
  const keys = Object.entries(starts).map(([name, start]) => [`${id}/${name}`, start] as const);
  return Object.fromEntries(keys.toSorted());
}
