import { DEFAULT_WATCH_MS } from "../drivers/cloudflare/durable-driver.ts";
import { DurableKV } from "../drivers/cloudflare/durable-kv.ts";
import type { DurableState } from "../drivers/cloudflare/durable-state.ts";
import { kvDriver } from "../drivers/kv/kv-driver.ts";
import { checkInteger } from "../model/check.ts";
import { describe } from "../model/describe.ts";
import { InvalidArgumentError } from "../model/errors/argument-errors.ts";
import { MAX_DURATION_MS } from "../model/limits.ts";
import type { MessageBodies } from "../model/message.ts";
import { checkGiven, type OptionNames, optionNames } from "../model/option-names.ts";
import { definitionOf, type Workflow } from "../model/workflow.ts";
import { ENGINE_OPTIONS, type EngineOptions } from "../system/engine-options.ts";
import { engineSettings } from "../system/engine-settings.ts";
import { CALLS, type WorkflowCalls } from "./calls.ts";
import { ObjectRun } from "./object-run.ts";
import { answerCall } from "./wire.ts";

/** Options of `workflowObject`. */
export interface WorkflowObjectOptions extends EngineOptions {
  /**
   * When an object dies while its run is at work, its alarm takes the run up again: within how many milliseconds. Each
   * such span that a run is at work costs one row written. @default 10,000
   */
  readonly watchMs?: number;
}

const OBJECT_OPTIONS: OptionNames = optionNames<WorkflowObjectOptions>({ ...ENGINE_OPTIONS, watchMs: true });

/** An object that is the run of a workflow: what its stub offers by RPC. */
export interface WorkflowObject<
  Output = unknown,
  Bodies extends MessageBodies = MessageBodies,
  RawInput = unknown,
> extends WorkflowCalls<Output, Bodies, RawInput> {
  /** What the platform calls when the alarm comes. */
  alarm(): Promise<void>;
  /** A call and its outcome as bytes: for `objectClient`, which keeps values exact and errors typed. */
  call(call: Uint8Array): Promise<Uint8Array>;
}

/** `DurableObject` of `cloudflare:workers`, or a class that extends it. */
export type DurableObjectBase = abstract new (state: never, env: never) => object;

/** A Durable Object class whose objects are runs. */
export type WorkflowObjectClass<Base extends DurableObjectBase, Calls> = new (
  ...given: ConstructorParameters<Base>
) => InstanceType<Base> & Calls;

/**
 * The class of Durable Objects (with the SQLite backend) of which each is one run of `workflow`. A run lives in its
 * object's storage; it is woken by its alarm and by calls, and between events nothing of it needs to be in memory.
 *
 * @throws InvalidArgumentError
 *
 * @example
 * import { DurableObject } from "cloudflare:workers";
 * export class Order extends workflowObject(DurableObject, order) {}
 */
export function workflowObject<
  Base extends DurableObjectBase,
  Input,
  Output,
  Bodies extends MessageBodies,
  RawInput = Input,
  RawBodies extends MessageBodies = Bodies,
>(
  base: Base,
  workflow: Workflow<Input, Output, Bodies, RawInput, RawBodies>,
  options: WorkflowObjectOptions = {},
): WorkflowObjectClass<Base, WorkflowObject<Output, RawBodies, RawInput>> {
  if (!isClass(base)) {
    throw new InvalidArgumentError(
      `workflowObject() takes the class DurableObject of "cloudflare:workers" first; got ${describe(base)}.`,
    );
  }
  const definition = definitionOf(workflow);
  checkGiven(options, "The options of workflowObject", OBJECT_OPTIONS);
  const settings = engineSettings(options);
  const { watchMs = DEFAULT_WATCH_MS } = options;
  checkInteger(watchMs, "watchMs", { from: 1, to: MAX_DURATION_MS });
  const { clock } = settings.world;
  return durableClass(base as unknown as DurableConstructor, {
    open(state) {
      const kv = new DurableKV(state);
      const { workflowId } = kv;
      const driver = kvDriver(kv, {
        workflowId,
        clock,
        watchMs,
        limits: settings.limits,
        earlyMessages: false,
      });
      return new ObjectRun({ workflowId, definition, driver, settings, remove: () => kv.remove() });
    },
    async alarmLater(state, error) {
      settings.logger.error(
        { object: state.id.toString(), error },
        "an alarm found no run to wake; it comes again",
      );
      await state.storage.setAlarm(clock.now() + watchMs);
    },
  }) as never;
}

function isClass(base: unknown): boolean {
  try {
    Reflect.construct(Object, [], base as never);
    return true;
  } catch {
    return false;
  }
}

type DurableConstructor = new (state: DurableState, env: unknown) => object;

/** What the objects of a class do with their storage. */
interface ObjectKeeper {
  readonly open: (state: DurableState) => ObjectRun;
  /** Sets the alarm once more after one that failed: the platform itself gives up after a few times. */
  readonly alarmLater: (state: DurableState, error: unknown) => Promise<void>;
}

function durableClass(Base: DurableConstructor, keeper: ObjectKeeper): DurableConstructor {
  return class DurableWorkflow extends Base {
    readonly #state: DurableState;
    #opened: ObjectRun | null = null;

    static {
      // What is called by RPC has to be a method of the class.
      for (const name of CALLS) {
        const value = async function (this: DurableWorkflow, ...given: never[]): Promise<unknown> {
          const run = this.#run;
          return (run[name] as (...given: never[]) => Promise<unknown>).apply(run, given);
        };
        Object.defineProperty(DurableWorkflow.prototype, name, { value, configurable: true, writable: true });
      }
    }

    constructor(state: DurableState, env: unknown) {
      super(state, env);
      this.#state = state;
    }

    async alarm(): Promise<void> {
      try {
        await this.#run.alarm();
      } catch (error) {
        await keeper.alarmLater(this.#state, error);
      }
    }

    async call(call: Uint8Array): Promise<Uint8Array> {
      return answerCall(() => this.#run, call);
    }

    get #run(): ObjectRun {
      this.#opened ??= keeper.open(this.#state);
      return this.#opened;
    }
  };
}
