import { bodyPayload, frameReceived, recordedPayload, wasReceived } from "../../history/message-body.ts";
import { CorruptionError } from "../../model/errors/history-errors.ts";
import { StorageError } from "../../model/errors/storage-errors.ts";
import { isPromise } from "../../model/is-promise.ts";
import { type Schema, validate } from "../../model/schema.ts";
import type { WorkflowDefinition } from "../../model/workflow.ts";
import type { StoredMessage } from "../../storage/records.ts";
import type { Payloads } from "../replay/payloads.ts";

/**
 * Owns: what the receiver's schema makes of a message, at the one time when it is received.
 * Invariants: what it gave is what is recorded, so that neither replay nor other code with another schema gives another
 * value (P8); it is applied once, whoever sent the message.
 */

/** A message that a wait is given: with the body that its schema gave, or the error that the schema refused it with. */
export interface Admitted {
  readonly message: StoredMessage;
  /** The failure, encoded; null when the body is fit. */
  readonly refusal: Uint8Array | null;
  /**
   * The body as the code is given it. Decoded before the message is received, so that it is handed over in that turn: a wait that is
   * left while a codec is at work has received nothing.
   */
  readonly body: unknown;
}

/** What decides which bodies are fit. */
export interface Admission {
  readonly workflowId: string;
  readonly definition: WorkflowDefinition;
  readonly payloads: Payloads;
}

/** Null when the message has no schema to go through, or has been through it. */
function schemaFor({ definition: { messages } }: Admission, message: StoredMessage): Schema | null {
  if (messages === undefined || !Object.hasOwn(messages, message.name)) return null;
  return wasReceived(message.body) ? null : (messages[message.name] ?? null);
}

/** @throws CorruptionError when a body is not what was sent; StorageError when the codec failed */
export function admitAll(
  admission: Admission,
  messages: readonly StoredMessage[],
): readonly Admitted[] | Promise<readonly Admitted[]> {
  // A damaged one stays in the queue, where it can be mended.
  const { workflowId } = admission;
  for (const message of messages) bodyPayload({ ...message, workflowId }, message.body);
  const admitted = messages.map((message) => {
    const schema = schemaFor(admission, message);
    return schema === null ? decoded(admission, message) : admit(admission, schema, message);
  });
  return admitted.some(isPromise) ? Promise.all(admitted) : (admitted as Admitted[]);
}

function decoded({ payloads }: Admission, message: StoredMessage): Admitted | Promise<Admitted> {
  const given = (body: unknown): Admitted => ({ message, refusal: null, body });
  try {
    const body = payloads.decode(recordedPayload(message.body));
    return isPromise(body) ? body.then(given) : given(body);
  } catch (error) {
    return Promise.reject(error);
  }
}

async function admit(admission: Admission, schema: Schema, message: StoredMessage): Promise<Admitted> {
  const { payloads, workflowId } = admission;
  const sent = await payloads.decode(recordedPayload(message.body));
  const what = `Message "${message.name}" (${message.id})`;
  try {
    const payload = await payloads.encode(await validate(schema, sent, what), what);
    const body = frameReceived({ ...message, workflowId }, payload);
    return await decoded(admission, { ...message, body });
  } catch (error) {
    if (StorageError.is(error) || CorruptionError.is(error)) throw error;
    return { message, refusal: payloads.failure(error), body: undefined };
  }
}
