import { memoryStore } from "#holdfast/drivers/memory/memory-store.ts";
import { type Entry, type EntryKind, newEntry } from "#holdfast/history/entry.ts";
import { encodeFailure } from "#holdfast/history/failure.ts";
import { EMPTY_DIGEST, encodeHeader, type RunHeader } from "#holdfast/history/header.ts";
import { Journal } from "#holdfast/history/journal.ts";
import { KeySpace } from "#holdfast/history/key.ts";
import { type Segment, SegmentType } from "#holdfast/history/location.ts";
import { encodeMessages } from "#holdfast/history/message-record.ts";
import { defaultCodec } from "#holdfast/history/payload.ts";
import type { Place } from "#holdfast/history/place.ts";
import { encodeRunFailure } from "#holdfast/history/run-failure.ts";
import type { RunState } from "#holdfast/model/run.ts";
import type { CommitBatch, NewMessage, OutgoingMessage } from "#holdfast/storage/records.ts";
import type { RunRecord } from "#holdfast/storage/store.ts";
import type { Checker } from "../../checkers/checker.ts";
import type { Evidence } from "../../evidence/evidence.ts";
import type { ApiCall, BodyStarted, Fact, FactBody, Outcome } from "../../evidence/fact.ts";
import { canonicalText } from "../../program/canonical.ts";
import type { Program } from "../../program/program.ts";
import type { PlannedHost, Scenario } from "../../world/scenario.ts";

const START = 1_000_000;

/** A world told by hand: a real memory store is told what to do, and the facts of it are written down. */
export class Tale {
  readonly facts: Fact[] = [];
  now = START;
  readonly store = memoryStore({ clock: { now: () => this.now } });
  #starts = 0;
  #calls = 0;

  /** Time passes. */
  later(ms: number): void {
    this.now += ms;
  }

  tell(process: string, body: FactBody): Fact {
    const fact: Fact = { n: this.facts.length, at: this.now, process, ...body };
    this.facts.push(fact);
    return fact;
  }

  nextStart(): number {
    return ++this.#starts;
  }

  /** Somebody calls the API; the returned function ends the call. */
  call(
    run: string,
    what: ApiCall,
    process = "client",
  ): (outcome?: { value: unknown } | { code: string }) => void {
    const call = ++this.#calls;
    this.tell(process, { type: "called", call, run, what });
    return (outcome = { value: undefined }) => {
      const told =
        "code" in outcome
          ? { ok: false as const, code: outcome.code, error: outcome.code }
          : { ok: true as const, value: canonicalText(outcome.value) };
      this.tell(process, { type: "call-ended", call, run, what, outcome: told });
    };
  }

  /** Starts a run that host-0 claims at once. */
  async run(run = "run", options: { input?: unknown; claimed?: boolean } = {}): Promise<TaleRun> {
    const { input = { run: 0 }, claimed = true } = options;
    const journal = new Journal(run, headerAt(this.now));
    journal.setSingle(KeySpace.input, defaultCodec.encode(input, "input"));
    const { puts, digest } = journal.takeWriteSet();
    journal.header = { ...journal.header, revision: 1, digest };
    const newRun = {
      workflowId: run,
      workflowName: "program",
      workflowVersion: "1",
      fingerprint: canonicalText(input),
      header: encodeHeader(journal.runTag, journal.header),
      status: "pending" as const,
      wakeAt: null,
      entries: puts,
      createdAt: this.now,
    };
    const { run: record } = await this.store.create(newRun);
    this.tell("client", { type: "created", run, newRun, record });
    const told = new TaleRun(this, journal);
    if (claimed) await told.claim();
    return told;
  }

  evidence(options: Partial<Scenario> & Partial<Omit<Program, "name">> = {}): Evidence {
    const { body = { statements: [] }, newer, breaksRules, ...rest } = options;
    const changed = newer === undefined ? {} : { newer };
    const program: Program = {
      name: "program",
      body,
      ...changed,
      ...(breaksRules === undefined ? {} : { breaksRules }),
    };
    const facts = this.facts.map((fact, n) => ({ ...fact, n }));
    const scenario: Scenario = { ...EMPTY_SCENARIO, programs: [program], ...rest };
    const { now } = this;
    return {
      scenario,
      facts,
      stored: this.store.dump(),
      endedAt: now,
      quietSince: START + scenario.quietAtMs,
      atRest: true,
    };
  }
}

/** What a commit of a tale says. */
export interface TaleCommit {
  readonly status?: RunState;
  readonly wakeAt?: number | null;
  readonly wants?: readonly string[] | null;
  /** By path; null removes the single entry, as operators do. */
  readonly put?: Readonly<Record<string, Entry | null>>;
  /** Paths that go with everything below, as code does that leaves a branch. */
  readonly leave?: readonly string[];
  readonly consume?: readonly string[];
  readonly complete?: CommitBatch["complete"];
  readonly send?: readonly OutgoingMessage[];
  readonly output?: unknown;
  readonly error?: unknown;
  /** Takes the rows of output and error away. */
  readonly undone?: boolean;
  readonly header?: Partial<RunHeader>;
  readonly process?: string;
  readonly batch?: Partial<CommitBatch>;
}

/** A run of a tale, and its journal as the one who commits has it. */
export class TaleRun {
  readonly journal: Journal;
  readonly #tale: Tale;
  #epoch = 0;
  #batches = 0;

  constructor(tale: Tale, journal: Journal) {
    this.#tale = tale;
    this.journal = journal;
  }

  get id(): string {
    return this.journal.workflowId;
  }

  async claim(process = "host-0", options: { leaseMs?: number; force?: boolean } = {}): Promise<void> {
    const { leaseMs = 10_000, force = false } = options;
    const owner = `owner of ${process}`;
    const run = { workflowId: this.id, force };
    const request = { owner, leaseMs, limit: 1, workflowNames: null, run };
    const claim = (await this.#tale.store.claim(request)).claims[0];
    if (claim === undefined) throw new Error(`run "${this.id}" cannot be claimed now`);
    this.#epoch = claim.epoch;
    this.#tale.tell(process, { type: "claimed", run: this.id, owner, claim, record: await this.#record() });
  }

  async release(process = "host-0"): Promise<void> {
    const epoch = this.#epoch;
    await this.#tale.store.release({ workflowId: this.id, epoch });
    this.#tale.tell(process, { type: "released", run: this.id, epoch });
  }

  async enqueue(id: string, options: Partial<NewMessage> = {}): Promise<NewMessage> {
    const plain = { id, name: "note", body: defaultCodec.encode(id, "body"), expiresAt: null };
    const message = { ...plain, createdAt: this.#tale.now, completable: false, remember: true, ...options };
    await this.#tale.store.enqueue(this.id, message);
    this.#tale.tell("client", { type: "enqueued", run: this.id, message });
    return message;
  }

  async delete(process = "client"): Promise<void> {
    const existed = await this.#tale.store.delete(this.id);
    this.#tale.tell(process, { type: "deleted", run: this.id, existed });
  }

  async commit(what: TaleCommit = {}): Promise<CommitBatch> {
    const { journal } = this;
    for (const [path, entry] of Object.entries(what.put ?? {})) {
      const place = placeOf(journal, path);
      if (entry === null) journal.removeEntry(place);
      else journal.write(place, entry);
      journal.sequence = Math.max(journal.sequence, entry?.sequence ?? 0);
    }
    for (const path of what.leave ?? []) journal.remove(placeOf(journal, path));
    if ("output" in what) journal.setSingle(KeySpace.output, defaultCodec.encode(what.output, "output"));
    if ("error" in what) journal.setSingle(KeySpace.error, failureRow(what.error));
    if (what.undone === true)
      for (const space of [KeySpace.output, KeySpace.error]) journal.setSingle(space, null);
    const { puts, deletes, deleteRanges, digest, sequence } = journal.takeWriteSet();
    const { status = "running", wakeAt = null, wants = null } = what;
    const before = journal.header;
    const moved = { status, wakeAt, digest, sequence, revision: before.revision + 1, epoch: this.#epoch };
    journal.header = { ...before, pause: null, ...moved, ...what.header };
    const batch: CommitBatch = {
      batchId: `${this.id} batch ${++this.#batches}`,
      epoch: this.#epoch,
      expectedRevision: before.revision,
      header: encodeHeader(journal.runTag, journal.header),
      status,
      wakeAt,
      wants,
      puts,
      deletes,
      deleteRanges,
      consume: what.consume ?? [],
      complete: what.complete ?? [],
      send: what.send ?? [],
      spawn: [],
      ...what.batch,
    };
    await this.#tale.store.driver({ workflowId: this.id, epoch: batch.epoch }).commit(batch);
    const record = await this.#record();
    this.#tale.tell(what.process ?? "host-0", { type: "committed", run: this.id, batch, record });
    return batch;
  }

  /** A body starts; the returned function ends it. */
  start(
    path: string,
    options: Partial<BodyStarted> & { process?: string } = {},
  ): (outcome?: Outcome) => void {
    const { process = "host-0", ...rest } = options;
    const start = this.#tale.nextStart();
    const plain = { role: "body", attempt: 1, allowed: 4, atMostOnce: false, ephemeral: false } as const;
    const began: BodyStarted = {
      type: "body-started",
      run: this.id,
      path,
      start,
      pass: 1,
      given: null,
      ...plain,
      ...rest,
    };
    this.#tale.tell(process, began);
    return (outcome = { ok: true, value: "1" }) => {
      const { role } = began;
      this.#tale.tell(process, { type: "body-ended", role, run: this.id, path, start, outcome });
    };
  }

  seen(
    path: string,
    value: unknown,
    options: { pass?: number; operation?: string; process?: string } = {},
  ): void {
    const { pass = 1, operation = "step", process = "host-0" } = options;
    const outcome = { ok: true, value: canonicalText(value) } as const;
    this.#tale.tell(process, { type: "seen", run: this.id, pass, path, operation, outcome });
  }

  async #record(): Promise<RunRecord> {
    return (await this.#tale.store.get(this.id)) as RunRecord;
  }
}

/** An entry that has its result: `sequence` is its number. */
export function settled(sequence: number, options: Partial<Entry> & { value?: unknown } = {}): Entry {
  const { kind = "step", value, ...rest } = options;
  const result = defaultCodec.encode(value, "result");
  const plain = { ...newEntry(kind, START, 0), status: "completed", sequence, settledAt: START } as const;
  return { ...plain, count: kind === "step" ? 1 : 0, result, ...rest };
}

/** An entry whose operation failed. */
export function failed(sequence: number, error: unknown, options: Partial<Entry> = {}): Entry {
  return settled(sequence, { status: "failed", result: encodeFailure(error), ...options });
}

export function pending(options: Partial<Entry> & { kind?: EntryKind } = {}): Entry {
  return { ...newEntry(options.kind ?? "step", START, 0), ...options };
}

/** The entry of a wait that received these messages. */
export function received(
  sequence: number,
  messages: readonly NewMessage[],
  options: Partial<Entry> = {},
): Entry {
  return settled(sequence, { kind: "message", result: encodeMessages(messages), ...options });
}

/** What the checker has to say of the evidence, in words. */
export function findings(checker: Checker, evidence: Evidence): readonly string[] {
  return checker.check(evidence).map(({ problem }) => problem);
}

export const HOST: PlannedHost = {
  version: 1,
  leaseMs: 10_000,
  pollMs: 1_000,
  concurrency: 10,
  cacheSize: 10,
  clockRate: 1,
  clockSkewMs: 0,
};

const EMPTY_SCENARIO: Scenario = {
  seed: "0".repeat(32),
  programs: [],
  runs: [{ workflowId: "run", program: 0, startAtMs: 0 }],
  hosts: [HOST, HOST],
  acts: [],
  incidents: [],
  storage: "memory",
  rates: {},
  plan: [],
  quietAtMs: 0,
  endAtMs: 1_000_000,
  latencyMs: 0,
};

function headerAt(now: number): RunHeader {
  return {
    status: "pending",
    epoch: 0,
    revision: 0,
    sequence: 0,
    wakeAt: null,
    workflowName: "program",
    workflowVersion: "1",
    createdAt: now,
    lastTime: now,
    seed: new Uint8Array(16),
    digest: EMPTY_DIGEST,
    rollback: "none",
    pause: null,
    barrenStarts: 0,
    checkpointAt: 0,
  };
}

function failureRow(error: unknown): Uint8Array {
  return encodeRunFailure({ failure: encodeFailure(error), origins: [], rollbackFailure: null });
}

const SEGMENTS: readonly (readonly [RegExp, SegmentType])[] = [
  [/^#(\d+)$/, SegmentType.iteration],
  [/^\[(\d+)\]$/, SegmentType.item],
  [/^!(\d+)$/, SegmentType.answer],
  [/^~(.+)$/, SegmentType.branch],
  [/^>(.+)$/, SegmentType.send],
  [/^(.+)$/, SegmentType.name],
];

const NAMED: ReadonlySet<SegmentType> = new Set([SegmentType.branch, SegmentType.send, SegmentType.name]);

/** The place with this id, for names of letters. */
function placeOf(journal: Journal, path: string): Place {
  const segments = path.split("/").map((part): Segment => {
    for (const [pattern, type] of SEGMENTS) {
      const text = pattern.exec(part)?.[1];
      if (text !== undefined)
        return { type, value: NAMED.has(type) ? journal.nameIndex(text) : Number(text) };
    }
    throw new Error(`"${path}" is no path`);
  });
  return journal.root.descend(segments);
}

/** A tale of one run that host-0 has claimed. */
export async function told(tell: (run: TaleRun, tale: Tale) => Promise<void>): Promise<Tale> {
  const tale = new Tale();
  await tell(await tale.run(), tale);
  return tale;
}
