import { describe, expect, it } from "vitest";
import { formatUuid } from "#holdfast/engine/replay/draws.ts";
import type { Entry } from "#holdfast/history/entry.ts";
import { answerTo, frameBody } from "#holdfast/history/message-body.ts";
import { defaultCodec } from "#holdfast/history/payload.ts";
import type { NewMessage } from "#holdfast/storage/records.ts";
import { messagesAccounted } from "../../checkers/i20-messages-accounted.ts";
import { consumedOnce } from "../../checkers/i21-consumed-once.ts";
import { firstInFirstOut } from "../../checkers/i22-first-in-first-out.ts";
import { waitsKeepToTheirTerms } from "../../checkers/i23-waits-keep-to-their-terms.ts";
import type { Program } from "../../program/program.ts";
import { findings, pending, received, settled, type Tale, type TaleRun, told } from "./tale.ts";

const waits = (...statements: Program["body"]["statements"]): Program["body"] => ({ statements });
const messageOf = (id: string): NewMessage => ({
  id,
  name: "note",
  body: defaultCodec.encode(id, "body") as Uint8Array,
  createdAt: 0,
  expiresAt: null,
  completable: false,
  remember: false,
});
const batchOf = (name: string, names: readonly string[], count: number) =>
  ({ kind: "batch", name, names, count, answers: false }) as const;

describe("I20: messages are accounted for", () => {
  const send = { api: "send", name: "note", body: "", messageId: "m1" } as const;

  it("lets messages be sent, received, put back and left in the queue", async () => {
    const tale = await told(async (run, at) => {
      const sent = at.call("run", send);
      const message = await run.enqueue("m1");
      await run.enqueue("m2");
      sent();
      await run.commit({ put: { a: received(1, [message]) }, consume: ["m1"] });
      await run.claim("client", { force: true });
      const back = [{ to: "run", message, requeue: true }];
      await run.commit({ status: "sleeping", wakeAt: 0, put: { a: null }, send: back, process: "client" });
    });
    expect(findings(messagesAccounted, tale.evidence())).toEqual([]);
  });

  it("lets what the run has sent to itself go with the sends, received or not, and nothing else", async () => {
    const tale = await told(async (run) => {
      const ids = [1, 2].map((n) => new Uint8Array(16).fill(n));
      const mine = ids.map((bytes) => messageOf(formatUuid(bytes)));
      const sends = ids.map((detail, i) => settled(i + 1, { kind: "send", result: null, detail }));
      const send = mine.map((message) => ({ to: "run", message }));
      await run.commit({ put: { one: sends[0] as Entry, two: sends[1] as Entry }, send });
      const other = await run.enqueue("other");
      const first = mine[0] as NewMessage;
      await run.commit({ put: { a: received(3, [first, other]) }, consume: [first.id, other.id] });
      const unsent = { one: null, two: null, a: null };
      const again = { status: "sleeping", wakeAt: 0, process: "client" } as const;
      await run.commit({ ...again, put: unsent, consume: [(mine[1] as NewMessage).id] });
    });
    expect(findings(messagesAccounted, tale.evidence())).toEqual([
      'message other at "a" was taken back and not put into the queue',
    ]);
  });

  it("lets what an iteration received go with it", async () => {
    const tale = await told(async (run, at) => {
      await run.enqueue("m1");
      at.tell("host-0", { type: "received", run: "run", pass: 1, path: "l/#0/a", messageIds: ["m1"] });
      await run.commit({ put: { l: pending({ kind: "loop", count: 1 }) }, consume: ["m1"] });
    });
    expect(findings(messagesAccounted, tale.evidence())).toEqual([]);
  });

  it("lets messages expire, and speaks of one that is received too late or dropped too soon", async () => {
    const tale = await told(async (run, at) => {
      const expiresAt = at.now + 1_000;
      const expiring: NewMessage[] = [];
      for (const id of ["in-time", "dropped-early", "late", "dropped"])
        expiring.push(await run.enqueue(id, { expiresAt }));
      await run.commit({ put: { a: received(1, expiring.slice(0, 1)) }, consume: ["in-time"] });
      await run.commit({ consume: ["dropped-early"] });
      at.later(2_000);
      await run.release();
      await run.claim();
      await run.commit({ put: { b: received(2, expiring.slice(2, 3)) }, consume: ["late", "dropped"] });
    });
    expect(findings(messagesAccounted, tale.evidence())).toEqual([
      '"b" received message late, which had expired 1000 ms before the run was claimed',
      "message dropped-early was consumed, and nothing records it",
    ]);
  });

  it("speaks of what a lost branch consumed and no code had seen", async () => {
    const tale = await told(async (run) => {
      await run.enqueue("m1");
      await run.commit({ put: { r: settled(1, { kind: "race" }) }, consume: ["m1"] });
    });
    expect(findings(messagesAccounted, tale.evidence())).toEqual([
      "message m1 was consumed, and nothing records it",
    ]);
  });

  it("speaks of sends that do not leave with their record, and of messages that a rewind forgets", async () => {
    const tale = await told(async (run) => {
      const message = await run.enqueue("m1");
      await run.commit({
        put: { a: received(1, [message]), ">x/[0]": settled(2, { kind: "send" }) },
        consume: ["m1"],
      });
      await run.commit({ put: { a: null } });
    });
    expect(findings(messagesAccounted, tale.evidence())).toEqual([
      "1 sends were recorded and 0 messages sent",
      'message m1 at "a" was taken back and not put into the queue',
    ]);
  });

  it("speaks of an acknowledged message that never came, and of one that is gone", async () => {
    const tale = await told(async (run, at) => {
      at.call("run", send)();
      await run.enqueue("m2");
    });
    const evidence = tale.evidence();
    const { runs, nextKey } = evidence.stored;
    const stored = { nextKey, runs: runs.map((run) => ({ ...run, messages: [] })) };
    expect(findings(messagesAccounted, { ...evidence, stored })).toEqual([
      "message m1 was acknowledged and never queued",
      "message m2 came 1 times and is found in 0 places at the end",
    ]);
  });

  it("speaks of a message that was consumed and not recorded, and the other way round", async () => {
    const tale = await told(async (run) => {
      const one = await run.enqueue("m1");
      await run.enqueue("m2");
      await run.commit({ put: { a: received(1, [one]) }, consume: ["m2"] });
    });
    expect(findings(messagesAccounted, tale.evidence())).toEqual([
      "message m1 was received and not consumed with it",
      "message m2 was consumed, and nothing records it",
    ]);
  });
});

describe("I21: consumed once", () => {
  it("lets a message be received again after a rewind has put it back", async () => {
    const tale = await told(async (run) => {
      const message = await run.enqueue("m1");
      await run.commit({ put: { a: received(1, [message]) }, consume: ["m1"] });
      const back = [{ to: "run", message, requeue: true }];
      await run.commit({ put: { a: null }, send: back });
      await run.commit({ put: { a: received(2, [message]) }, consume: ["m1"] });
    });
    expect(findings(consumedOnce, tale.evidence())).toEqual([]);
  });

  it("speaks of a message that is received twice, and of one of another run", async () => {
    const tale = await told(async (run, at) => {
      const other = await at.run("other");
      const foreign = await other.enqueue("m2");
      const message = await run.enqueue("m1");
      await run.commit({ put: { a: received(1, [message]) }, consume: ["m1"] });
      await run.commit({ put: { b: received(2, [message]), c: received(3, [foreign]) } });
      const seen = { type: "received", run: "run", pass: 1, path: "c", messageIds: ["m2"] } as const;
      at.tell("host-0", seen);
    });
    expect(findings(consumedOnce, tale.evidence())).toEqual([
      'message m1 was received 2 times, at "b" too',
      'message m2 at "c" was not sent to this run',
      'code received message m2 at "c", which was not sent to its run',
    ]);
  });
});

describe("I22: first in, first out", () => {
  async function swapped(): Promise<Tale> {
    return told(async (run) => {
      await run.enqueue("m1");
      const two = await run.enqueue("m2");
      await run.commit({ put: { a: received(1, [two]) }, consume: ["m2"] });
    });
  }

  it("lets names overtake each other where a wait asks for one", async () => {
    const tale = await told(async (run) => {
      await run.enqueue("m1", { name: "other" });
      const two = await run.enqueue("m2");
      const three = await run.enqueue("m3");
      await run.commit({ put: { a: received(1, [two, three]) }, consume: ["m2", "m3"] });
    });
    expect(findings(firstInFirstOut, tale.evidence({ body: waits(batchOf("a", ["note"], 2)) }))).toEqual([]);
  });

  it("speaks when an older message of the name, or of any name that the wait asks for, stays behind", async () => {
    expect(findings(firstInFirstOut, (await swapped()).evidence())).toEqual([
      '"a" received m2 before the older message m1',
    ]);
    const tale = await told(async (run) => {
      await run.enqueue("m1", { name: "other" });
      const two = await run.enqueue("m2");
      await run.commit({ put: { a: received(1, [two]) }, consume: ["m2"] });
    });
    const body = waits(batchOf("a", ["note", "other"], 1));
    expect(findings(firstInFirstOut, tale.evidence({ body }))).toHaveLength(1);
  });

  it("speaks of a batch that is out of order", async () => {
    const tale = await told(async (run) => {
      const one = await run.enqueue("m1");
      const two = await run.enqueue("m2");
      await run.commit({ put: { a: received(1, [two, one]) }, consume: ["m2", "m1"] });
    });
    expect(findings(firstInFirstOut, tale.evidence())[0]).toContain("not in the order");
  });

  const both = waits({
    kind: "together",
    how: "all",
    statements: [batchOf("a", ["note"], 1), batchOf("b", ["note"], 1)],
  });

  it("lets the strand that asked first have the older message", async () => {
    const tale = await told(async (run) => {
      await run.commit({ put: { a: pending({ kind: "message" }), b: pending({ kind: "message" }) } });
      const one = await run.enqueue("m1");
      const two = await run.enqueue("m2");
      await run.commit({ put: { a: received(1, [one]), b: received(2, [two]) }, consume: ["m1", "m2"] });
    });
    expect(findings(firstInFirstOut, tale.evidence({ body: both }))).toEqual([]);
  });

  it("lets a wait for more names leave what an earlier one waits for, and speaks when nobody had waited for it", async () => {
    const body = waits({
      kind: "together",
      how: "all",
      statements: [batchOf("a", ["note"], 1), batchOf("b", ["note", "other"], 2)],
    });
    const left = async (open: boolean): Promise<Tale> =>
      told(async (run) => {
        const waiting = pending({ kind: "message" });
        await run.commit({ put: open ? { a: waiting, b: waiting } : { b: waiting } });
        const one = await run.enqueue("m1");
        const two = await run.enqueue("m2", { name: "other" });
        await run.commit({ put: { b: received(1, [two]) }, consume: ["m2"] });
        await run.commit({ put: { a: received(2, [one]) }, consume: ["m1"] });
      });
    expect(findings(firstInFirstOut, (await left(true)).evidence({ body }))).toEqual([]);
    expect(findings(firstInFirstOut, (await left(false)).evidence({ body }))).toEqual([
      '"b" received m2 before the older message m1',
    ]);
  });

  it("speaks when a strand that asked later is served first, alone or with the older message", async () => {
    const alone = await told(async (run) => {
      await run.commit({ put: { a: pending({ kind: "message" }), b: pending({ kind: "message" }) } });
      const one = await run.enqueue("m1");
      await run.commit({ put: { b: received(1, [one]) }, consume: ["m1"] });
    });
    const swapped = await told(async (run) => {
      const one = await run.enqueue("m1");
      const two = await run.enqueue("m2");
      await run.commit({ put: { b: received(1, [one]), a: received(2, [two]) }, consume: ["m1", "m2"] });
    });
    for (const tale of [alone, swapped])
      expect(findings(firstInFirstOut, tale.evidence({ body: both }))).toEqual([
        '"b" was served before "a", which had asked before it',
      ]);
  });

  it("says so also where a race may have given it back", async () => {
    const body = waits({ kind: "race", name: "r", branches: [] });
    expect(findings(firstInFirstOut, (await swapped()).evidence({ body }))).toHaveLength(1);
  });
});

describe("I23: waits keep to their terms", () => {
  const response = (id: string, value: unknown) => ({
    id,
    response: frameBody(answerTo("r", id), defaultCodec.encode(value, "answer")),
  });
  const request = { api: "request", name: "note", body: "", messageId: "m1" } as const;

  async function answered(run: TaleRun): Promise<void> {
    const message = await run.enqueue("m1");
    await run.commit({ put: { a: received(1, [message]) }, consume: ["m1"] });
    const answer = settled(2, { kind: "answer" });
    await run.commit({ put: { "a/!0": answer }, complete: [response("m1", "yes")] });
  }

  it("lets a message be received, answered and told", async () => {
    const tale = await told(async (run, at) => {
      const asked = at.call("run", request);
      await answered(run);
      asked({ value: "yes" });
    });
    expect(
      findings(waitsKeepToTheirTerms, tale.evidence({ body: waits(batchOf("a", ["note"], 1)) })),
    ).toEqual([]);
  });

  it("speaks of an answer that is told before it is durable", async () => {
    const tellAnswer = (run: TaleRun, at: Tale): void => {
      const told = { messageId: "m1", response: '"yes"' };
      at.tell("host-0", { type: "answered", run: run.id, pass: 1, path: "a/!0", ...told });
    };
    const early = await told(async (run, at) => {
      tellAnswer(run, at);
      await answered(run);
    });
    expect(findings(waitsKeepToTheirTerms, early.evidence())).toEqual([
      "the answer to m1 was told as given, and was not durable",
    ]);
    const late = await told(async (run, at) => {
      await answered(run);
      tellAnswer(run, at);
    });
    expect(findings(waitsKeepToTheirTerms, late.evidence())).toEqual([]);
  });

  it("speaks of more messages than asked for", async () => {
    const tale = await told(async (run) => {
      const both = [await run.enqueue("m1"), await run.enqueue("m2")];
      await run.commit({ put: { a: received(1, both) }, consume: ["m1", "m2"] });
    });
    const evidence = tale.evidence({ body: waits(batchOf("a", ["note"], 1)) });
    expect(findings(waitsKeepToTheirTerms, evidence)).toEqual(['"a" received 2 messages of 1']);
  });

  it("speaks of a message that was sent after the deadline", async () => {
    const tale = await told(async (run, at) => {
      await run.commit({ put: { a: pending({ kind: "message", dueAt: at.now + 100 }) } });
      at.later(50);
      const one = await run.enqueue("m1");
      at.later(100);
      const two = await run.enqueue("m2");
      await run.commit({ put: { a: received(1, [one, two]) }, consume: ["m1", "m2"] });
    });
    expect(findings(waitsKeepToTheirTerms, tale.evidence())).toEqual([
      '"a" received message m2, sent 50 ms after its deadline',
    ]);
  });

  it("speaks of answers to nobody, second answers, and answers that nobody gave", async () => {
    const tale = await told(async (run, at) => {
      const asked = at.call("run", request);
      await answered(run);
      await run.commit({ complete: [response("m1", "no"), response("m9", "?")] });
      asked({ value: "no" });
    });
    expect(findings(waitsKeepToTheirTerms, tale.evidence())).toEqual([
      "message m1 was answered twice",
      "message m9 was answered and had not been received",
      'the request m1 was answered with "no", which the run had not given',
    ]);
  });
});
