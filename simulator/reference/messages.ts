import type { Entry } from "#holdfast/history/entry.ts";
import { escapeName } from "#holdfast/history/location.ts";
import { recordedPayload } from "#holdfast/history/message-body.ts";
import { decodeMessages } from "#holdfast/history/message-record.ts";
import { defaultCodec } from "#holdfast/history/payload.ts";
import { describeName } from "#holdfast/model/describe.ts";
import type { Message } from "#holdfast/model/message.ts";
import { canonicalText } from "../program/canonical.ts";
import type { BatchStatement, ListenStatement, NextStatement, StatementOf } from "../program/program.ts";
import { namedValue } from "../program/values.ts";
import { type End, Undecided, value } from "./end.ts";
import type { Interpreting } from "./interpreting.ts";
import { entryEnd } from "./operations.ts";
import type { ScopePlace } from "./place.ts";

/** What the rest of a strand may still receive, and when its functions fail, is for another checker (I23). */
const FORGOTTEN = "a message that nobody answers";

export function endOfNext(interpreter: Interpreting, wait: NextStatement, scope: ScopePlace): End {
  if (wait.forgets) throw new Undecided(FORGOTTEN);
  const path = scope.named(wait.name);
  const end = entryEnd(interpreter, path, (entry) => canonicalText(messagesOf(entry)[0]));
  return wait.answers ? answered(interpreter, path, end, 1) : end;
}

export function endOfBatch(interpreter: Interpreting, wait: BatchStatement, scope: ScopePlace): End {
  if (wait.forgets) throw new Undecided(FORGOTTEN);
  const path = scope.named(wait.name);
  let count = 0;
  const end = entryEnd(interpreter, path, (entry) => {
    const messages = messagesOf(entry);
    count = messages.length;
    return canonicalText(messages);
  });
  return wait.answers ? answered(interpreter, path, end, count) : end;
}

export function endOfListen(interpreter: Interpreting, wait: ListenStatement, scope: ScopePlace): End {
  return entryEnd(interpreter, scope.named(wait.name), (entry) => {
    const bodies = messagesOf(entry).map(({ body }) => body);
    if (wait.form.startsWith("listenN")) return canonicalText(bodies);
    return canonicalText(bodies.length === 0 ? null : bodies[0]);
  });
}

function messagesOf(entry: Entry): readonly Message[] {
  if (entry.result === null) return [];
  return decodeMessages(entry.result).map(({ id, name, body, createdAt }) => {
    return { id, name, body: defaultCodec.decode(recordedPayload(body)), createdAt };
  });
}

/** Each message is answered before the code goes on. */
function answered(interpreter: Interpreting, path: string, end: End, count: number): End {
  if (end === null || !end.ok) return end;
  let { at } = end;
  for (let index = 0; index < count; index++) {
    const answer = entryEnd(interpreter, `${path}/!${index}`, () => "undefined");
    if (answer === null || !answer.ok) return answer;
    at = Math.max(at, answer.at);
  }
  return value(end.text, at);
}

export function endOfSend(
  interpreter: Interpreting,
  { name, body }: StatementOf<"send">,
  { scope, at }: { readonly scope: ScopePlace; readonly at: number },
): End {
  try {
    defaultCodec.encode(namedValue(body), `the body of message ${describeName(name)}`);
  } catch (error) {
    return { ok: false, error, origin: null, at };
  }
  const ordinal = scope.sends.get(name) ?? 0;
  scope.sends.set(name, ordinal + 1);
  return entryEnd(interpreter, scope.at(`>${escapeName(name)}/[${ordinal}]`), () => "undefined");
}
