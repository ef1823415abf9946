import type { Clock, CodeTracker, RandomSource, RunningCode, Scheduler, World } from "../model/clock.ts";

/**
 * Owns: the real clock, event loop and randomness, by what every runtime has (Node, Bun, Deno, workerd, browsers).
 */

/** The longest delay that timers of the runtimes take; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The runtime's clock. */
const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(delayMs, fire) {
    if (delayMs > LONGEST_TIMER_MS) return setLongTimer(delayMs, fire);
    const timer = setTimeout(fire, Math.max(0, Math.ceil(delayMs)));
    return () => clearTimeout(timer);
  },
};

function setLongTimer(delayMs: number, fire: () => void): () => void {
  const end = performance.now() + delayMs;
  let cancel = systemClock.setTimer(LONGEST_TIMER_MS, () => {
    cancel = systemClock.setTimer(end - performance.now(), fire);
  });
  return () => cancel();
}

/** What runtimes have of ways to be called back in a task of its own. */
export interface TaskRuntime {
  readonly setImmediate?: ((callback: () => void) => unknown) | undefined;
  readonly MessageChannel?: typeof MessageChannel | undefined;
  readonly navigator?: { readonly userAgent?: string } | undefined;
}

/** Calls back in a task of its own, after all microtasks, as soon as the runtime can. */
const systemScheduler: Scheduler = { afterMicrotasks: macrotask(globalThis as TaskRuntime) };

/** Browsers hold nested timers back for 4 ms, so a timer is the last choice. */
export function macrotask(runtime: TaskRuntime): (resume: () => void) => void {
  const { setImmediate } = runtime;
  if (typeof setImmediate === "function") return (resume) => void setImmediate(resume);
  // workerd delivers what is posted to a port before the microtasks have run out.
  const portsAreTasks = runtime.navigator?.userAgent !== "Cloudflare-Workers";
  if (runtime.MessageChannel === undefined || !portsAreTasks) return (resume) => void setTimeout(resume, 0);
  const waiting: (() => void)[] = [];
  const { port1, port2 } = new runtime.MessageChannel();
  port1.onmessage = () => waiting.shift()?.();
  return (resume) => {
    waiting.push(resume);
    port2.postMessage(null);
  };
}

/** Random bytes are fetched so many at a time: a fetch costs more than all else that an id takes. */
const POOL_BYTES = 4_096;
const pool = new Uint8Array(POOL_BYTES);
let unused = 0;

/** Each byte of the pool is given out once. */
function randomBytes(length: number): Uint8Array {
  if (length > POOL_BYTES) return crypto.getRandomValues(new Uint8Array(length));
  if (unused < length) {
    crypto.getRandomValues(pool);
    unused = POOL_BYTES;
  }
  unused -= length;
  return pool.slice(unused, unused + length);
}

const systemRandom: RandomSource = {
  bytes: randomBytes,
  float: () => Math.random(),
};

interface AsyncStorage {
  run<T>(value: RunningCode, call: () => T): T;
  getStore(): RunningCode | undefined;
}

interface NodeProcess {
  readonly process?: { readonly getBuiltinModule?: (id: string) => unknown };
}

/** Follows code across its awaits where the runtime has `AsyncLocalStorage`; else while it runs at once. */
function systemCode(): CodeTracker {
  const hooks = (globalThis as NodeProcess).process?.getBuiltinModule?.("node:async_hooks") as
    | { readonly AsyncLocalStorage?: new () => AsyncStorage }
    | undefined;
  if (hooks?.AsyncLocalStorage === undefined) return synchronousCode();
  const storage = new hooks.AsyncLocalStorage();
  return { run: (code, call) => storage.run(code, call), current: () => storage.getStore() };
}

function synchronousCode(): CodeTracker {
  let current: RunningCode | undefined;
  return {
    run(code, call) {
      const outer = current;
      current = code;
      try {
        return call();
      } finally {
        current = outer;
      }
    },
    current: () => current,
  };
}

/** The real world. */
export const systemWorld: World = {
  clock: systemClock,
  scheduler: systemScheduler,
  random: systemRandom,
  code: systemCode(),
  beforeEffect: () => {},
};
