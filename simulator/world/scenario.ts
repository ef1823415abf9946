import type { Limits } from "#holdfast/model/limits.ts";
import type { DriverLimits } from "#holdfast/storage/records.ts";
import type { Program } from "../program/program.ts";
import type { FaultRates, PlannedFault } from "./fault.ts";
import type { CodecPlan } from "./sim-codec.ts";
import type { HearerPlan } from "./sim-hearers.ts";
import type { SchemaPlan } from "./sim-schema.ts";

/**
 * Everything that a world is made of, as plain data: the same scenario gives the same world, event for event. What is
 * not written here is drawn from `seed`.
 */
export interface Scenario {
  /** 32 hexadecimal digits: 128 bits. */
  readonly seed: string;
  readonly programs: readonly Program[];
  readonly runs: readonly PlannedRun[];
  readonly hosts: readonly PlannedHost[];
  readonly acts: readonly Act[];
  readonly incidents: readonly Incident[];
  readonly storage: StorageName;
  readonly rates: FaultRates;
  /** Faults at given calls, beside those that the rates draw. */
  readonly plan: readonly PlannedFault[];
  /** Milliseconds after the start when faults and incidents end. */
  readonly quietAtMs: number;
  /** Milliseconds after the start when the world ends, whatever is left. */
  readonly endAtMs: number;
  /** The longest way to the store and back, each, in milliseconds; each way of each call draws its own. */
  readonly latencyMs: number;
  /** Limits of the storage that engines are told of, and keep to; it takes more itself. @default its own */
  readonly limits?: Partial<DriverLimits>;
  /** Whether values go through schemas, and how. @default they do not */
  readonly schemas?: SchemaPlan;
  /** Whether runs are bare, each with a driver of its own, and how: there is one host then, which holds no leases. @default they are not */
  readonly bare?: BarePlan;
}

/** How long a slow call takes to be answered: longer than any lease. */
export function slowestMs({ hosts }: Pick<Scenario, "hosts">): number {
  return 1.5 * Math.max(...hosts.map(({ leaseMs }) => leaseMs), 1_000);
}

/** How bare runs are kept and run. */
export interface BarePlan {
  /** Where: in the memory driver, or in a key-value namespace that only its alarm wakes. */
  readonly home: "memory" | "namespace";
  /** Whether parked runs wait in memory. */
  readonly live: boolean;
  /** After how long the alarm of a namespace looks after a run at work, in milliseconds. */
  readonly watchMs: number;
}

export type StorageName = "memory" | "sqlite-memory" | "sqlite-file";

export interface PlannedRun {
  readonly workflowId: string;
  /** Index into `programs`. */
  readonly program: number;
  readonly startAtMs: number;
}

export interface PlannedHost {
  /** Which code it begins with: 1 or 2. */
  readonly version: number;
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly concurrency: number;
  readonly cacheSize: number;
  /** How fast its clocks go: 1 is true time. */
  readonly clockRate: number;
  /** How wrong its wall clock is at first. */
  readonly clockSkewMs: number;
  /** How long it keeps runs that have ended, in milliseconds. @default for ever */
  readonly keepMs?: number;
  /** A codec of its own. @default the default one */
  readonly codec?: CodecPlan;
  /** Who listens to its engine, and how badly. @default nobody */
  readonly hearers?: HearerPlan;
  /** What its engine is bounded by; the same for all hosts of a world. @default as by default */
  readonly limits?: Partial<Limits>;
}

/** Something that somebody outside does, at a time, to a run by its number. */
export interface Act {
  readonly atMs: number;
  readonly run: number;
  /** Which process calls: a host by its number, or a client of its own. */
  readonly by: number | "client";
  readonly does: Deed;
}

export type Deed =
  | {
      readonly api: "send";
      readonly name: string;
      readonly body: string;
      readonly times: number;
      /** One message after each commit of the run, as by somebody who answers what it does, instead of all at once. */
      readonly replies?: boolean;
      /** So long after it was sent each is sent once more, with the same id. @default never */
      readonly againAfterMs?: number;
      /** How long each is good for, by the clock of its sender. @default for ever */
      readonly expiresInMs?: number;
    }
  | { readonly api: "request"; readonly name: string; readonly body: string; readonly timeoutMs: number }
  | {
      readonly api: "cancel";
      readonly compensate: boolean;
      /** Waits until the run rolls back. @default false */
      readonly whileUndone?: boolean;
    }
  | { readonly api: "start"; readonly sameInput: boolean }
  | { readonly api: "watch" }
  | {
      readonly api:
        | "wake"
        | "evict"
        | "pause"
        | "resume"
        | "recover"
        | "delete"
        | "history"
        | "state"
        | "result";
    }
  /** To an entry of the snapshot, by its place among all of them (0 to 1). */
  | { readonly api: "rewind" | "fork"; readonly place: number };

/** Something that happens to a host, by its number. */
export type Incident = { readonly atMs: number; readonly host: number } & (
  | { readonly kind: "kill"; readonly restartAfterMs: number; readonly version: number }
  | {
      readonly kind: "stop";
      readonly restartAfterMs: number;
      readonly version: number;
      readonly timeoutMs: number;
    }
  | { readonly kind: "pause"; readonly forMs: number }
  | { readonly kind: "clock"; readonly byMs: number }
);
