import { frameBody } from "../../history/message-body.ts";
import { checkName } from "../../model/check.ts";
import { describe, describeName } from "../../model/describe.ts";
import { durationMs } from "../../model/duration.ts";
import { InvalidArgumentError, LimitError } from "../../model/errors/argument-errors.ts";
import type { Limits } from "../../model/limits.ts";
import { checkOptions } from "../../model/option-names.ts";
import { validate } from "../../model/schema.ts";
import type { WorkflowDefinition } from "../../model/workflow.ts";
import type { NewMessage } from "../../storage/records.ts";
import { REQUEST_OPTIONS, SEND_OPTIONS } from "../live/handle-option-names.ts";
import type { SendOptions } from "../live/run-handle.ts";
import type { EngineSettings } from "../pass/pass-settings.ts";
import { formatUuid } from "../replay/draws.ts";

/** A message as its sender gives it. */
export interface MessageDraft {
  /** The run that it is sent to. */
  readonly to: string;
  readonly name: string;
  readonly body: unknown;
  readonly options: SendOptions;
  readonly completable: boolean;
}

/** The workflow that a message is for, looked up when it is needed; null where it is not known. */
type Receiver = () => WorkflowDefinition | null | Promise<WorkflowDefinition | null>;

/**
 * A message ready to be queued: checked, validated against the definition's schema where there is one, encoded.
 * @throws InvalidArgumentError, LimitError, ValidationError, UnserializableValueError
 */
export async function newMessage(
  settings: EngineSettings,
  receiver: Receiver,
  draft: MessageDraft,
): Promise<NewMessage> {
  const { name, options } = draft;
  checkName(name, "The name of the message", settings.limits);
  checkOptions(
    options,
    () => `The options of message ${describeName(name)}`,
    draft.completable ? REQUEST_OPTIONS : SEND_OPTIONS,
  );
  const { messageId, expiresIn } = options;
  if (messageId !== undefined) checkName(messageId, "messageId", settings.limits);
  const createdAt = settings.world.clock.now();
  const expiresAt = expiresIn === undefined ? null : createdAt + durationMs(expiresIn, "expiresIn");
  const id = messageId ?? formatUuid(settings.world.random.bytes(16));
  const body = frameBody({ workflowId: draft.to, id, name }, await encodedBody(settings, receiver, draft));
  return {
    id,
    name,
    body,
    createdAt,
    expiresAt,
    completable: draft.completable,
    remember: messageId !== undefined,
    queueLimit: settings.limits.queuedMessages,
  };
}

async function encodedBody(
  settings: EngineSettings,
  receiver: Receiver,
  draft: MessageDraft,
): Promise<Uint8Array> {
  const { name } = draft;
  // Before anything else is awaited: what becomes of the body afterwards changes nothing.
  const encoded = await settings.codec.encode(draft.body, `the body of message ${JSON.stringify(name)}`);
  const definition = await receiver();
  const messages = definition?.messages;
  if (messages !== undefined && Object.keys(messages).length > 0 && !Object.hasOwn(messages, name)) {
    throw new InvalidArgumentError(
      `Workflow "${definition?.name}" declares no message ${describe(name)}; it declares ${Object.keys(
        messages,
      )
        .map((n) => JSON.stringify(n))
        .join(", ")}.`,
    );
  }
  // Only so that a wrong one is refused at once: what the schema makes of it is the receiver's, once.
  const schema = messages?.[name];
  if (schema !== undefined) {
    await validate(schema, await settings.codec.decode(encoded), `Message "${name}"`);
  }
  return checkBodySize(settings.limits, name, encoded);
}

/** @throws LimitError when a body is larger than a message may be. */
export function checkBodySize(limits: Limits, name: string, body: Uint8Array): Uint8Array {
  const maximum = limits.messageBytes;
  if (body.length <= maximum) return body;
  const where = `The body of message ${JSON.stringify(name)}`;
  const remedy = "Store large data elsewhere and send a reference to it, or raise the limit.";
  throw new LimitError({ limit: "messageBytes", maximum, actual: body.length, where, remedy });
}
