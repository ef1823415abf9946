import { recordedPayload } from "#holdfast/history/message-body.ts";
import { defaultCodec } from "#holdfast/history/payload.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { Life } from "../evidence/lives.ts";
import { queueOf, sentBody } from "../evidence/queues.ts";
import { isFit, isTakenOnce } from "../program/fit.ts";
import type { Violation } from "./checker.ts";

/** Waits that were given what their schema refuses, or what it has not given, or that failed by a message which is fit or by several. */
export function* schemaProblems(evidence: Evidence, life: Life): Iterable<Violation> {
  if (evidence.scenario.schemas === undefined) return;
  const { receipts, fates } = queueOf(evidence, life);
  for (const { commit, path, entry, messages } of receipts) {
    const at = { run: life.run, fact: commit.fact };
    if (entry.status === "failed" && messages.length !== 1)
      yield { problem: `"${path}" failed by ${messages.length} messages`, ...at };
    for (const { id, body } of messages) {
      const sent = fates.get(id)?.message;
      if (sent === undefined) continue;
      const fit = isFit(sentBody(sent));
      if (fit !== (entry.status === "completed"))
        yield {
          problem: `"${path}" ${entry.status} by message ${id}, which is ${fit ? "" : "not "}fit`,
          ...at,
        };
      if (entry.status === "completed" && !isTakenOnce(defaultCodec.decode(recordedPayload(body))))
        yield { problem: `message ${id} at "${path}" has not gone through its schema once`, ...at };
    }
  }
}
