import type { RunState, SendOptions } from "#holdfast/index.ts";

/** A point on a run's way at which its stored bytes are taken. */
export interface Stage {
  readonly name: string;
  readonly workflow: "errand" | "refund";
  /** Of an errand: how long it sleeps. */
  readonly restMs: number;
  /** Whether it is run at all. */
  readonly begun: boolean;
  /** The body in which it hangs while its process dies. */
  readonly hangsIn?: string;
  /** Messages that it gets once it has parked. */
  readonly sends: readonly Sent[];
  /** What an operator does to it then. */
  readonly act?: "cancel" | "pause";
  /** How it stands when its bytes are taken. */
  readonly until: RunState;
}

/** A message: the same one, however often it is sent. */
export interface Sent {
  readonly name: string;
  readonly body: unknown;
  readonly options: SendOptions & { readonly messageId: string };
  /** Whether its sender waits for an answer. */
  readonly asks: boolean;
}

/** What every errand needs to come to its end, in this order. */
export const ERRAND_MESSAGES: readonly Sent[] = [
  { name: "go", body: { where: ["north", Number.NaN] }, options: { messageId: "go-1" }, asks: false },
  { name: "more", body: "m".repeat(60), options: { messageId: "more-1" }, asks: false },
  { name: "ask", body: 42n, options: { messageId: "ask-1" }, asks: true },
];

const AT_ONCE_MS = 1;
const LONG_MS = 30 * 3_600_000;

const errand = { workflow: "errand", restMs: AT_ONCE_MS, begun: true, sends: [] } as const;
const refund = { workflow: "refund", restMs: 0, begun: true, sends: [] } as const;
const others: readonly Sent[] = [
  { name: "unread", body: [1, 2], options: { messageId: "unread-1" }, asks: false },
  { name: "unread", body: "second", options: { messageId: "unread-2", expiresIn: "400d" }, asks: false },
];

/** Every stage whose bytes are damaged. */
export const STAGES: readonly Stage[] = [
  { ...errand, name: "fresh", begun: false, until: "pending" },
  { ...errand, name: "at-work", hangsIn: "middle", until: "running" },
  { ...errand, name: "sleeping", restMs: LONG_MS, until: "sleeping" },
  { ...errand, name: "waiting", until: "sleeping" },
  { ...errand, name: "queued", restMs: LONG_MS, sends: [...others, ...ERRAND_MESSAGES], until: "sleeping" },
  { ...errand, name: "answering", sends: ERRAND_MESSAGES, hangsIn: "answer", until: "running" },
  { ...errand, name: "completed", sends: ERRAND_MESSAGES, until: "completed" },
  { ...errand, name: "cancelled", restMs: LONG_MS, act: "cancel", until: "cancelled" },
  { ...errand, name: "paused", restMs: LONG_MS, act: "pause", until: "paused" },
  { ...refund, name: "before-failure", hangsIn: "ready", until: "running" },
  { ...refund, name: "undoing", hangsIn: "undo item 0", until: "rolling_back" },
  { ...refund, name: "backing-off", until: "rolling_back" },
  { ...refund, name: "failed", until: "failed" },
];
