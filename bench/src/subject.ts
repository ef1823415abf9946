import type { RunOrder } from "./program.ts";

export const WORK_IDS = ["L", "W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8", "W9"] as const;
export type WorkId = (typeof WORK_IDS)[number];

/** Where a subject keeps what is durable. */
export type StorageKind = "memory" | "sqlite-full" | "sqlite-normal" | "postgres" | "server";

/** What is measured: an engine on a storage. */
export interface Subject {
  readonly id: string;
  /** As the tables call it. */
  readonly label: string;
  readonly storage: StorageKind;
  /** What an acknowledged commit survives, in words. */
  readonly durability: string;
  /** Settings that are not the engine's defaults, and how results are waited for. */
  readonly settings: string;
  /** What it cannot do, and why. */
  readonly gaps: Partial<Readonly<Record<WorkId, string>>>;
  /** Runs that waited are taken up when it is opened, not when a message comes. @default false */
  readonly resumesWhenOpened?: boolean;
  /** Operations that one run may record. @default no limit below those of the works */
  readonly mostOperations?: number;
  /** What a browser or worker would need of it, as a module's text; absent: it runs on Node only. */
  readonly bundle?: string;
  /** Imports the engine. */
  load(): Promise<OpenEngine>;
}

export type OpenEngine = (options: OpenOptions) => Promise<Session>;

export interface OpenOptions {
  /** An empty folder, or the one that an earlier process left. */
  readonly folder: string;
  /** A database of this measurement's own. */
  readonly postgresUrl: string;
  /** `leave`: waiting runs leave the memory, where the engine can do that. @default stay */
  readonly parked?: "stay" | "leave";
}

/** An engine at work in this process. */
export interface Session {
  /** Resolves when the run is durable. */
  start(order: RunOrder): Promise<void>;
  /** Resolves when the run has ended. */
  result(order: RunOrder): Promise<unknown>;
  /** Resolves when the message is durable. */
  send(order: RunOrder, message: string): Promise<void>;
  /** Engines in memory: runs the run again from its storage, as a fresh process would. */
  restart?(order: RunOrder): Promise<void>;
  /** Bytes on disk, with what is in the log brought into the main files where the engine has such a call. */
  storedBytes?(): Promise<number>;
  /** Transactions committed so far. */
  commits?(): Promise<number>;
  close(): Promise<void>;
}
