import { formatUuid } from "../engine/replay/draws.ts";
import { checkInteger, checkName, checkWords, checkWorkflowId } from "../model/check.ts";
import { describe } from "../model/describe.ts";
import { InvalidArgumentError } from "../model/errors/argument-errors.ts";
import { RunNotFoundError } from "../model/errors/run-errors.ts";
import { checkGiven } from "../model/option-names.ts";
import { RUN_STATES, type RunState } from "../model/run.ts";
import type { WorkflowDefinition } from "../model/workflow.ts";
import { type AnyWorkflow, definitionOf } from "../model/workflow.ts";
import type { NewRun } from "../storage/records.ts";
import type { CreateOutcome, RunPage, RunQuery, StoreStatistics } from "../storage/store.ts";
import type { Client, ListOptions } from "./client.ts";
import { newRun } from "./new-run.ts";
import { LIST_OPTIONS, START_OPTIONS } from "./option-names.ts";
import { type HandleNeighbours, StoredRun } from "./stored-run.ts";

/** What a client is made of; a host's differs in what it knows and runs. */
export interface StoreClientSetup extends HandleNeighbours {
  /** The workflow that is meant. */
  readonly resolve: (workflow: AnyWorkflow | string) => WorkflowDefinition;
  readonly create: (run: NewRun) => Promise<CreateOutcome>;
}

const DEFAULT_LIST_LIMIT = 100;

/**
 * Owns: what a host and a client do for runs of a store besides running them.
 * Invariants: arguments are checked before anything is written (P16).
 */
export class StoreClient {
  readonly #setup: StoreClientSetup;

  constructor(setup: StoreClientSetup) {
    this.#setup = setup;
  }

  async start(
    workflow: AnyWorkflow | string,
    options: { workflowId?: string; input?: unknown } = {},
  ): Promise<StoredRun> {
    checkGiven(options, "The options of start", START_OPTIONS);
    const { session, resolve, create } = this.#setup;
    const definition = resolve(workflow);
    const { workflowId = formatUuid(session.settings.world.random.bytes(16)) } = options;
    const run = await newRun(session, { workflowId, definition, input: options.input });
    await create(run);
    return new StoredRun(this.#setup, workflowId, definition);
  }

  async get(workflowId: string, workflow?: AnyWorkflow): Promise<StoredRun | null> {
    const handle = this.handle(workflowId, workflow);
    return (await this.#setup.session.store.get(workflowId)) === null ? null : handle;
  }

  handle(workflowId: string, workflow?: AnyWorkflow): StoredRun {
    return new StoredRun(
      this.#setup,
      workflowId,
      workflow === undefined ? undefined : definitionOf(workflow),
    );
  }

  async list(options: ListOptions = {}): Promise<RunPage> {
    checkGiven(options, "The options of list", LIST_OPTIONS);
    const { status, workflowName, limit = DEFAULT_LIST_LIMIT, cursor } = options;
    checkInteger(limit, "limit", { from: 1, to: 1_000 });
    if (workflowName !== undefined) checkName(workflowName, "workflowName");
    if (cursor !== undefined && cursor !== null) checkCursor(cursor);
    const query: RunQuery = {
      limit,
      ...(status === undefined ? {} : { status: checkStates(status) }),
      ...(workflowName === undefined ? {} : { workflowName }),
      ...(cursor === undefined || cursor === null ? {} : { cursor }),
    };
    return this.#setup.session.store.list(query);
  }

  async delete(workflowId: string): Promise<boolean> {
    const { session, local } = this.#setup;
    checkWorkflowId(workflowId, session.settings.limits);
    // What is claimed from here on may be another run of this id.
    const { asks } = local;
    const deleted = await session.store.delete(workflowId);
    if (deleted) local.abandon(workflowId, new RunNotFoundError(workflowId), { asks });
    return deleted;
  }

  statistics(): Promise<StoreStatistics> {
    return this.#setup.session.store.statistics();
  }
}

function checkStates(given: RunState | readonly RunState[]): readonly RunState[] {
  const states = typeof given === "string" ? [given] : given;
  checkWords(states, "status", RUN_STATES);
  return states;
}

function checkCursor(given: unknown): void {
  if (typeof given === "string") return;
  throw new InvalidArgumentError(`cursor must be nextCursor of a page, or null; got ${describe(given)}.`);
}

/** A workflow that is known by its name only: it can be started, not run. */
export function namedOnly(workflowName: string): WorkflowDefinition {
  checkName(workflowName, "The workflow's name");
  return {
    name: workflowName,
    run: () => {
      throw new InvalidArgumentError(
        `Workflow ${JSON.stringify(workflowName)} is known here by its name only.`,
      );
    },
  };
}

/** The typed face of a client. */
export function clientFace(client: StoreClient): Client {
  return {
    start: client.start.bind(client),
    get: client.get.bind(client),
    handle: client.handle.bind(client),
    list: client.list.bind(client),
    delete: client.delete.bind(client),
    statistics: client.statistics.bind(client),
  } as unknown as Client;
}
