import type { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { Disk, FakeStorage } from "./fake-storage.ts";

/** The base class that `cloudflare:workers` has. */
export class DurableObject {
  protected readonly ctx: FakeState;
  protected readonly env: unknown;

  constructor(ctx: FakeState, env: unknown) {
    this.ctx = ctx;
    this.env = env;
  }
}

interface FakeState {
  readonly id: { readonly name: string; toString(): string };
  readonly storage: FakeStorage;
}

type Methods = Record<string, (...given: unknown[]) => Promise<unknown>>;
export type FakeClass = new (state: never, env: never) => object;

/** How soon the platform repeats an alarm whose handler has thrown. */
const REPEAT_MS = 2_000;

/** An object in memory, until it dies. */
interface Life {
  readonly instance: Methods;
  readonly storage: FakeStorage;
  /** Rejects when it dies. */
  readonly death: Promise<never>;
  readonly die: (reason: Error) => void;
}

/** One object: what is on disk, and the life that it has at the moment. */
class FakeObject {
  readonly disk = new Disk();
  readonly #name: string;
  readonly #class: FakeClass;
  readonly #clock: VirtualClock;
  #life: Life | null = null;
  #disarm: () => void = () => {};
  #alarmRuns = false;
  lives = 0;

  constructor(name: string, of: { readonly class: FakeClass; readonly clock: VirtualClock }) {
    this.#name = name;
    this.#class = of.class;
    this.#clock = of.clock;
    this.disk.alarmSet = () => this.#arm();
  }

  /** Ends this life; its callers are told, and an alarm that was being handled comes again. */
  kill(): void {
    this.#life?.storage.kill();
    this.#life?.die(new Error("The object was reset."));
    this.#life = null;
    if (this.#alarmRuns) this.#repeatAlarm();
    this.#alarmRuns = false;
    this.#arm();
  }

  /** A call by RPC: values are cloned, and of an error only name and message arrive. */
  async invoke(method: string, given: readonly unknown[]): Promise<unknown> {
    const life = this.#alive();
    const call = life.instance[method];
    if (call === undefined)
      throw new TypeError(`The RPC receiver does not implement the method "${method}".`);
    try {
      const answer = call.apply(life.instance, structuredClone([...given]));
      return structuredClone(await Promise.race([answer, life.death]));
    } catch (error) {
      throw new Error(String(error));
    }
  }

  #alive(): Life {
    if (this.#life !== null) return this.#life;
    this.lives += 1;
    const storage = new FakeStorage(this.disk);
    const id = { name: this.#name, toString: () => `id of ${this.#name}` };
    const instance = new this.#class({ id, storage } as never, {} as never) as unknown as Methods;
    const { promise: death, reject: die } = Promise.withResolvers<never>();
    death.catch(() => {});
    this.#life = { instance, storage, death, die };
    return this.#life;
  }

  #arm(): void {
    this.#disarm();
    const { alarm } = this.disk;
    if (alarm !== null && !this.#alarmRuns) {
      this.#disarm = this.#clock.setTimer(Math.max(0, alarm - this.#clock.now()), () => void this.#ring());
    }
  }

  #repeatAlarm(): void {
    this.disk.alarm ??= this.#clock.now() + REPEAT_MS;
  }

  /** The alarm is gone when its handler is called, and comes back when that throws. One runs at a time. */
  async #ring(): Promise<void> {
    this.disk.alarm = null;
    this.#alarmRuns = true;
    const life = this.#alive();
    try {
      await life.instance.alarm?.();
    } catch {
      this.#repeatAlarm();
    }
    if (this.#life !== life) return;
    this.#alarmRuns = false;
    this.#arm();
  }
}

/** A namespace of Durable Objects in this process, by a virtual clock. */
export class FakeObjects {
  readonly #of: { readonly class: FakeClass; readonly clock: VirtualClock };
  readonly #objects = new Map<string, FakeObject>();

  constructor(of: { readonly class: FakeClass; readonly clock: VirtualClock }) {
    this.#of = of;
  }

  idFromName(name: string): string {
    return name;
  }

  get(id: string): Methods {
    return new Proxy({} as Methods, {
      get: (_target, method) =>
        typeof method === "string" && method !== "then"
          ? (...given: unknown[]) => this.object(id).invoke(method, given)
          : undefined,
    });
  }

  object(name: string): FakeObject {
    const object = this.#objects.get(name) ?? new FakeObject(name, this.#of);
    this.#objects.set(name, object);
    return object;
  }
}
