import { answerTo, bodyPayload } from "../history/message-body.ts";
import { RequestTimeoutError, RunFinishedError } from "../model/errors/run-errors.ts";
import { isTerminal } from "../model/run.ts";
import type { NewMessage } from "../storage/records.ts";
import type { RunReader } from "./run-reader.ts";
import type { StoreSession } from "./store-session.ts";

/**
 * The answer to a completable message that was sent.
 *
 * Owns: waiting for an answer.
 * Invariants: an answer that is stored is found, also when the run ended with the commit that gave it; asking again for
 * the same message id finds the same answer (I23).
 */
export async function answerOfRun(
  session: StoreSession,
  reader: RunReader,
  request: { readonly message: NewMessage; readonly timeoutMs: number },
): Promise<unknown> {
  const { message, timeoutMs } = request;
  const { workflowId } = reader;
  const look = async (): Promise<Uint8Array | undefined> => {
    // The state first: an answer that came with the end is there when the end is.
    const { status } = await reader.record();
    const response = await session.store.response(workflowId, message.id);
    if (response !== null) return response;
    if (isTerminal(status)) throw new RunFinishedError(workflowId, status);
    return undefined;
  };
  const response = await session.news.until(workflowId, look, timeoutMs);
  if (response === undefined) throw new RequestTimeoutError(workflowId, message.name, message, timeoutMs);
  return session.settings.codec.decode(bodyPayload(answerTo(workflowId, message.id), response));
}
