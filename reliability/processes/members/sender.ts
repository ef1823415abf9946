import { type Client, RunFinishedError, type WorkflowHandle } from "#holdfast/index.ts";
import type { LedgerClient } from "../ledger/ledger-client.ts";
import { type Demand, demandOf } from "../programs/demand.ts";
import { PROGRAM_WORKFLOW } from "../programs/workflow.ts";
import type { Plan, PlannedRun, Share } from "./member-config.ts";
import { hasEnded } from "./run-end.ts";
import { untilStored } from "./until-stored.ts";

/** A message in so many is sent once more after it was acknowledged, as by a sender that did not hear of it. */
const TWICE = 4;

/**
 * Starts a share of the runs, sends each what its program waits for, and waits for their ends. All of it can be repeated:
 * a sender that is killed is started again and does the same.
 */
export async function sendShare(
  client: Client,
  ledger: LedgerClient,
  plan: Plan,
  share: Share,
): Promise<void> {
  const mine = plan.runs.filter((_, index) => index % share.of === share.index);
  await Promise.all(mine.map((run) => new Sender(client, ledger, run).sendAll()));
}

class Sender {
  readonly #client: Client;
  readonly #ledger: LedgerClient;
  readonly #run: PlannedRun;

  constructor(client: Client, ledger: LedgerClient, run: PlannedRun) {
    this.#client = client;
    this.#ledger = ledger;
    this.#run = run;
  }

  async sendAll(): Promise<void> {
    const { workflowId, program, ends } = this.#run;
    const input = { program, parent: null };
    const handle = await untilStored(() => this.#client.start(PROGRAM_WORKFLOW, { workflowId, input }));
    await this.#ledger.append({ type: "start", run: workflowId });
    await Promise.all(demandOf(program).map((demand) => this.#sendMessages(handle, demand)));
    await hasEnded(handle, ends);
    await this.#ledger.append({ type: "ended", run: workflowId });
  }

  /** One after the other: the next one is sent when the one before was acknowledged. */
  async #sendMessages(handle: WorkflowHandle, { message, count, completable }: Demand): Promise<void> {
    const run = this.#run.workflowId;
    for (let ordinal = 0; ordinal < count; ordinal++) {
      const sent = { run, message, messageId: `${run}/${message}/${ordinal}`, ordinal };
      try {
        if (completable) await this.#request(handle, sent);
        else await this.#send(handle, sent);
      } catch (error) {
        if (!RunFinishedError.is(error)) throw error;
        await this.#ledger.append({ type: "send-refused", ...sent });
        return;
      }
    }
  }

  async #send(handle: WorkflowHandle, sent: Sent): Promise<void> {
    const { message, messageId, ordinal } = sent;
    await untilStored(() => handle.send(message, messageId, { messageId }));
    await this.#ledger.append({ type: "send-ack", ...sent });
    if (ordinal % TWICE === 0) await untilStored(() => handle.send(message, messageId, { messageId }));
  }

  async #request(handle: WorkflowHandle, sent: Sent): Promise<void> {
    const { message, messageId } = sent;
    const answer = await untilStored(() => handle.request(message, messageId, { messageId, timeout: 2_000 }));
    await this.#ledger.append({ type: "answer", ...sent, answer: String(answer) });
  }
}

/** Which message it is. */
interface Sent {
  readonly run: string;
  readonly message: string;
  readonly messageId: string;
  readonly ordinal: number;
}
