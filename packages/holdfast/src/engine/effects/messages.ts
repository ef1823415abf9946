import { answerPlace } from "../../history/answers.ts";
import { answerTo, frameBody, recordedPayload } from "../../history/message-body.ts";
import type { RecordedMessage } from "../../history/message-record.ts";
import type { Place } from "../../history/place.ts";
import { isPromise } from "../../model/is-promise.ts";
import type { CompletableMessage, Message } from "../../model/message.ts";
import { checkCall } from "../replay/claim.ts";
import { Operation } from "../replay/operation.ts";
import type { Scope, Unanswered } from "../replay/scope.ts";
import type { Admitted } from "./admission.ts";

/** What a wait received, as recorded. */
export interface ReceivedMessages {
  readonly place: Place;
  /** The wait's name. */
  readonly wait: string;
  readonly completable: boolean;
  readonly messages: readonly RecordedMessage[];
  /** The same where they are received now. */
  readonly admitted?: readonly Admitted[];
}

/** Recorded messages as workflow code sees them. */
export function receivedMessages(scope: Scope, received: ReceivedMessages): Message[] | Promise<Message[]> {
  const made = received.messages.map((message, index) => oneMessage(scope, received, { message, index }));
  if (!made.some(isPromise)) return made as Message[];
  return Promise.all(made);
}

function oneMessage(
  scope: Scope,
  received: ReceivedMessages,
  { message, index }: { message: RecordedMessage; index: number },
): Message | Promise<Message> {
  const finish = (body: unknown): Message => {
    const plain: Message = { id: message.id, name: message.name, body, createdAt: message.createdAt };
    return received.completable ? completable(scope, received, { plain, index }) : plain;
  };
  const admitted = received.admitted?.[index];
  if (admitted !== undefined) return finish(admitted.body);
  const decoded = scope.run.payloads.decode(recordedPayload(message.body));
  return isPromise(decoded) ? decoded.then(finish) : finish(decoded);
}

/**
 * A message with an answer: it stays owned until the answer is committed (I23). An answer that is refused is none, so another
 * may be given.
 */
function completable(
  scope: Scope,
  received: ReceivedMessages,
  { plain, index }: { plain: Message; index: number },
): CompletableMessage {
  const answers = { wait: received.place, index, messages: received.messages.length };
  const owned: Unanswered = { wait: received.wait, scope, answers, given: null };
  scope.strand.unanswered.set(plain.id, owned);
  let answer: Promise<void> | null = null;
  const complete = (response?: unknown): Promise<void> => {
    const place = answerPlace(answers, scope.run.turns.current);
    if (answer !== null && place === owned.given) return answer;
    if (scope.left) return new Promise(() => {});
    checkCall(scope, "answer to", received.wait);
    owned.given = place;
    answer = giveAnswer(scope, place, { id: plain.id, response });
    return answer;
  };
  return Object.defineProperty({ ...plain }, "complete", {
    value: complete,
    enumerable: false,
  }) as CompletableMessage;
}

function giveAnswer(scope: Scope, place: Place, answer: { id: string; response: unknown }): Promise<void> {
  const { run } = scope;
  const operation = new Operation<void>({ scope, place, kind: "answer" }, () => undefined);
  if (place.entry === null && run.rollingBack) return operation.promise;
  scope.depart(operation.promise);
  if (place.entry !== null) return operation.replay(place.entry);
  const leave = (response: Uint8Array): void => {
    if (scope.closed) return;
    const { id } = answer;
    run.outbox.answer({ id, response: frameBody(answerTo(run.workflowId, id), response) });
    operation.settleOnCommit({ status: "completed", result: response });
  };
  const send = (response: Uint8Array): void =>
    run.whenLive(() => void run.room.take(response.length, () => leave(response)));
  const refuse = (error: unknown): void => run.whenLive(() => operation.fail(error));
  // Encoded at once: what becomes of the response afterwards changes nothing.
  let encoded: Uint8Array | Promise<Uint8Array>;
  try {
    encoded = run.payloads.encode(answer.response, `the answer to message ${answer.id}`);
  } catch (error) {
    refuse(error);
    return operation.promise;
  }
  if (isPromise(encoded)) void run.inTurn(encoded).then(send, refuse);
  else send(encoded);
  return operation.promise;
}
