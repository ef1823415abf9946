import type { CompletableMessage, Message } from "#holdfast/model/message.ts";
import { canonicalText, digestOf } from "./canonical.ts";
import type { BatchStatement, ListenStatement, NextStatement, StatementOf } from "./program.ts";
import type { ProgramScope } from "./program-scope.ts";
import { namedValue } from "./values.ts";

export async function performNext(scope: ProgramScope, wait: NextStatement): Promise<unknown> {
  const { name, names, timeoutMs, answers, forgets = false } = wait;
  const path = scope.idOf(name);
  const message = await scope.see(path, "next", async () =>
    scope.ctx.queue.next(name, { names, ...timeoutOf(timeoutMs), completable: answers || forgets }),
  );
  await received(scope, path, [message], answers);
  return plain(message);
}

export async function performBatch(scope: ProgramScope, wait: BatchStatement): Promise<unknown> {
  const { name, names, count, timeoutMs, answers, forgets = false } = wait;
  const path = scope.idOf(name);
  const messages = await scope.see(path, "batch", async () =>
    scope.ctx.queue.nextBatch(name, {
      names,
      count,
      ...timeoutOf(timeoutMs),
      completable: answers || forgets,
    }),
  );
  await received(scope, path, messages, answers);
  return messages.map(plain);
}

export function performListen(scope: ProgramScope, wait: ListenStatement): Promise<unknown> {
  const { ctx } = scope;
  const { form, name, message, count, timeoutMs } = wait;
  return scope.see(scope.idOf(name), form, async () => {
    switch (form) {
      case "listen":
        return ctx.listen(name, message);
      case "listenN":
        return ctx.listenN(name, message, count);
      case "listenWithTimeout":
        return ctx.listenWithTimeout(name, message, timeoutMs);
      case "listenUntil":
        return ctx.listenUntil(name, message, ctx.now() + timeoutMs);
      case "listenNWithTimeout":
        return ctx.listenNWithTimeout(name, message, count, timeoutMs);
      case "listenNUntil":
        return ctx.listenNUntil(name, message, count, ctx.now() + timeoutMs);
    }
  });
}

export function performSend(scope: ProgramScope, { name, body, to }: StatementOf<"send">): Promise<void> {
  return scope.see(scope.nextSend(name), "send", async () => {
    await sendFrom(scope, { name, body, to });
  });
}

/** Sends; what the engine gives is handed on as it is. */
export function sendFrom(
  scope: ProgramScope,
  { name, body, to }: Pick<StatementOf<"send">, "name" | "body" | "to">,
): Promise<void> {
  const receiver = to === "self" ? undefined : scope.ports.workflowId(to === "nobody" ? -1 : to);
  const sent = scope.ctx.queue.send(name, namedValue(body), receiver === undefined ? {} : { to: receiver });
  // A send that is refused on the spot has no place in the history.
  scope.countSend(name);
  return sent;
}

/** What the answer to a message is. */
function answerTo(message: Message): unknown {
  return { answerTo: message.id, body: digestOf(canonicalText(message.body)) };
}

function timeoutOf(timeoutMs: number | undefined): { readonly timeout?: number } {
  return timeoutMs === undefined ? {} : { timeout: timeoutMs };
}

/** Without the function that answers it. */
function plain({ id, name, body, createdAt }: Message): Message {
  return { id, name, body, createdAt };
}

async function received(
  scope: ProgramScope,
  path: string,
  messages: readonly Message[],
  answers: boolean,
): Promise<void> {
  const { run, number: pass } = scope.pass;
  scope.tell({ type: "received", run, pass, path, messageIds: messages.map(({ id }) => id) });
  if (!answers) return;
  for (const [index, message] of messages.entries()) {
    const response = answerTo(message);
    await (message as CompletableMessage).complete(response);
    const told = { messageId: message.id, response: canonicalText(response) };
    scope.tell({ type: "answered", run, pass, path: `${path}/!${index}`, ...told });
  }
}
