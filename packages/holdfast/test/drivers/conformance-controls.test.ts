import { describe, expect, test } from "vitest";
import { memoryDriver } from "../../src/memory.ts";
import { compareBytes, prefixEnd } from "../../src/storage/byte-order.ts";
import type { CommitBatch, KVEntry, NewMessage } from "../../src/storage/records.ts";
import { driverConformance } from "../../src/testing/conformance/suites.ts";
import { type BreakDriver, type BrokenDriver, brokenDrivers, fails } from "./broken-subjects.ts";

/** A driver that commits something else than it is given. */
function committing(change: (batch: CommitBatch) => CommitBatch): BreakDriver {
  return (driver) => ({ commit: (batch) => driver.commit(change(batch)) });
}

/** A driver that writes a part of a batch though the whole is refused. */
function leaking(part: (batch: CommitBatch) => Partial<CommitBatch>): BreakDriver {
  return (driver) => ({
    commit: async (batch) => {
      try {
        await driver.commit(batch);
      } catch (error) {
        const revision = (await driver.load())?.revision ?? 0;
        const none = {
          puts: [],
          deletes: [],
          deleteRanges: [],
          consume: [],
          complete: [],
          send: [],
          spawn: [],
        };
        await driver.commit({ ...batch, ...none, epoch: 0, expectedRevision: revision, ...part(batch) });
        throw error;
      }
    },
  });
}

/** A driver that lists something else than there is. */
function listing(change: (rows: readonly KVEntry[]) => readonly KVEntry[]): BreakDriver {
  return (driver) => ({ list: async (prefix, page) => change(await driver.list(prefix, page)) });
}

function receiving(change: (message: NewMessage) => NewMessage): BreakDriver {
  return (driver) => ({ enqueueMessage: (message) => driver.enqueueMessage(change(message)) });
}

/** Everything of two commits, though they are one. */
const torn: BreakDriver = (driver) => ({
  commit: async (batch) => {
    await driver.commit({ ...batch, puts: [], send: [], consume: [] });
    await driver.commit({ ...batch, expectedRevision: batch.expectedRevision + 1 });
  },
});
const unfenced: BreakDriver = (driver) => ({
  commit: async (batch) =>
    driver.commit({ ...batch, epoch: 0, expectedRevision: (await driver.load())?.revision ?? 0 }),
});
const stubborn: BreakDriver = (driver) => ({
  commit: async (batch) => {
    let fenced: unknown;
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        const expectedRevision = (await driver.load())?.revision ?? 0;
        return await driver.commit({ ...batch, expectedRevision });
      } catch (error) {
        fenced = error;
      }
    }
    throw fenced;
  },
});
const anyEpoch: BreakDriver = (driver) => ({ commit: (batch) => driver.commit({ ...batch, epoch: 0 }) });
const lastOut: BreakDriver = (driver) => ({
  peekMessages: async (names, count) =>
    (await driver.peekMessages(names, 30_000)).toReversed().slice(0, count),
});
const byTime: BreakDriver = (driver) => ({
  peekMessages: async (names, count) =>
    (await driver.peekMessages(names, 30_000)).toSorted((a, b) => a.createdAt - b.createdAt).slice(0, count),
});
const byPrefix: BreakDriver = (driver) => ({
  peekMessages: async (names, count) => {
    const all = await driver.peekMessages(null, 30_000);
    return all.filter(({ name }) => names?.some((one) => name.startsWith(one)) ?? true).slice(0, count);
  },
});
const withWildcards: BreakDriver = (driver) => ({
  peekMessages: async (names, count) => {
    const all = await driver.peekMessages(null, 30_000);
    return all
      .filter(({ name }) => names?.some((one) => one === "%" || one === name) ?? true)
      .slice(0, count);
  },
});
const foldingCase: BreakDriver = (driver) => ({
  peekMessages: async (names, count) => {
    const folded = names?.map((name) => name.toLowerCase());
    const all = await driver.peekMessages(null, 30_000);
    return all.filter(({ name }) => folded?.includes(name.toLowerCase()) ?? true).slice(0, count);
  },
});
const byLength: BreakDriver = listing((rows) => rows.toSorted((a, b) => a.key.length - b.key.length));
const bySignedBytes: BreakDriver = listing((rows) =>
  rows.toSorted((a, b) =>
    compareBytes(
      Uint8Array.from(a.key, (x) => x ^ 0x80),
      Uint8Array.from(b.key, (x) => x ^ 0x80),
    ),
  ),
);
const withSiblings: BreakDriver = (driver) => ({
  list: (prefix, page) => driver.list(prefix.subarray(0, Math.max(0, prefix.length - 1)), page),
});
const overlooking: BreakDriver = (driver) => ({
  list: async (prefix, page) =>
    prefixEnd(prefix) === null && prefix.length > 0 ? [] : driver.list(prefix, page),
});
const inclusivePages: BreakDriver = (driver) => ({
  list: async (prefix, page = {}) => {
    const rows = await driver.list(prefix);
    const { after, limit = rows.length } = page;
    return rows.filter(({ key }) => after === undefined || compareBytes(key, after) >= 0).slice(0, limit);
  },
});
const cutAtAThousand: BreakDriver = (driver) => ({
  load: async () => {
    const image = await driver.load();
    return image === null ? null : { ...image, entries: image.entries.slice(0, 1_000), complete: true };
  },
});
/** Takes a page for all rows when there is one more. */
const oneRowShort: BreakDriver = (driver) => ({
  load: async () => {
    const image = await driver.load();
    const last = image?.entries.at(-1);
    if (image === null || last === undefined) return image;
    const behind = await driver.list(Uint8Array.of(), { after: last.key, limit: 2 });
    return { ...image, complete: behind.length < 2 };
  },
});
const inclusiveRanges = committing((batch) => ({
  ...batch,
  deleteRanges: batch.deleteRanges,
  deletes: [...batch.deletes, ...batch.deleteRanges.map(({ to }) => to)],
}));
const prefixDeletes = committing((batch) => ({
  ...batch,
  deleteRanges: [
    ...batch.deleteRanges,
    ...batch.deletes.map((from) => ({ from, to: prefixEnd(from) ?? Uint8Array.of(255, 255, 255) })),
  ],
}));
const putsFirst: BreakDriver = (driver) => ({
  commit: (batch) => {
    const gone = ({ key }: KVEntry): boolean =>
      batch.deleteRanges.some(({ from, to }) => compareBytes(from, key) <= 0 && compareBytes(key, to) < 0);
    return driver.commit({ ...batch, puts: batch.puts.filter((row) => !gone(row)) });
  },
});
const firstPutWins = committing((batch) => ({ ...batch, puts: batch.puts.toReversed() }));
const staleHeader: BreakDriver = (driver) => {
  let header: Uint8Array | null = null;
  return {
    commit: (batch) => {
      header ??= batch.header.slice();
      return driver.commit({ ...batch, header: header.slice() });
    },
  };
};
const consumesWithout: BreakDriver = (driver) => ({
  commit: async (batch) => {
    const there = new Set((await driver.peekMessages(null, 30_000)).map(({ id }) => id));
    return driver.commit({ ...batch, consume: [...new Set(batch.consume)].filter((id) => there.has(id)) });
  },
});
const forgetsAnswers = committing((batch) => ({ ...batch, complete: [] }));
const lastAnswer = committing((batch) => ({ ...batch, complete: batch.complete.toReversed() }));
const backToTheEnd = committing((batch) => ({
  ...batch,
  send: batch.send.map(({ to, message }) => ({ to, message: { ...message, id: `${message.id} again` } })),
}));
const acknowledgesEarly: BreakDriver = (driver) => ({
  commit: async (batch) => {
    if ((await driver.load()) === null) return driver.commit(batch);
    setTimeout(() => void driver.commit(batch).catch(() => undefined), 5);
  },
});
const knowsEveryBatch: BrokenDriver = { applied: async () => true };
const knowsNoBatch: BrokenDriver = { applied: async () => false };
const deaf: BrokenDriver = { waitForMessages: () => new Promise(() => {}) };
const listens: BreakDriver = () => ({
  waitForMessages: async (_, signal) => signal.addEventListener("abort", () => {}),
});
const writesOnLooks: BreakDriver = (driver) => ({
  peekMessages: async (names, count) => {
    await driver.enqueueMessage({ ...LOOK, id: String(Math.random()) });
    return driver.peekMessages(names, count);
  },
});
const LOOK = {
  name: "a look",
  body: new Uint8Array(0),
  createdAt: 0,
  expiresAt: null,
  completable: false,
  remember: false,
};
const sharedOut: BreakDriver = (driver) => {
  let kept: readonly KVEntry[] | null = null;
  return {
    list: async (prefix, page) => {
      kept ??= await driver.list(prefix, page);
      return kept;
    },
  };
};
const sharedIn: BreakDriver = (driver) => {
  const kept: CommitBatch[] = [];
  return {
    commit: async (batch) => {
      await driver.commit(batch);
      kept.push(batch);
    },
    list: async () => kept.flatMap(({ puts }) => puts),
  };
};

const knowsByPrefix: BreakDriver = (driver) => {
  let last = "";
  return {
    commit: async (batch) => {
      await driver.commit(batch);
      last = batch.batchId;
    },
    applied: async (batchId) => last.startsWith(batchId),
  };
};
const shortPages: BreakDriver = (driver) => ({
  list: (prefix, page = {}) => driver.list(prefix, { ...page, limit: Math.min(page.limit ?? 1_000, 1_000) }),
});
/** Changes what a commit sends. */
function sending(change: (message: NewMessage) => NewMessage): BreakDriver {
  return committing((batch) => ({
    ...batch,
    send: batch.send.map((one) => ({ ...one, message: change(one.message) })),
  }));
}
function withoutLimit({ queueLimit: _, ...message }: NewMessage): NewMessage {
  return message;
}
/** Has room for so many bytes and rows besides those of the batch's rows. */
const countsRowsOnly: BreakDriver = (driver) => {
  const { batchRows, batchBytes } = driver.limits;
  const roomy = memoryDriver({ workflowId: "run under test" });
  roomy.restore(driver.dump());
  return {
    load: () => roomy.load(),
    peekMessages: (names, count) => roomy.peekMessages(names, count),
    enqueueMessage: (message) => roomy.enqueueMessage(message),
    commit: (batch) => {
      const bytes = batch.puts.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
      const fits = batch.puts.length <= batchRows && bytes <= batchBytes;
      return fits ? roomy.commit(batch) : driver.commit(batch);
    },
  };
};

/** Looks at nothing that is stored beside the rows. */
const blind: BreakDriver = (driver) => ({
  load: async () => {
    const image = await driver.load();
    if (image === null) return null;
    const { damage: _, ...unseen } = image;
    return unseen;
  },
  peekMessages: (names, count) => driver.peekMessages(names, count).catch(() => []),
});

const atLeastOne: BreakDriver = (driver) => ({
  peekMessages: (names, count) => driver.peekMessages(names, Math.max(1, count)),
  list: (prefix, page = {}) =>
    driver.list(prefix, page.limit === undefined ? page : { ...page, limit: Math.max(1, page.limit) }),
});
const messagesOverwriteBatches: BreakDriver = (driver) => {
  let last = "";
  return {
    commit: async (batch) => {
      await driver.commit(batch);
      last = batch.batchId;
    },
    enqueueMessage: async (message) => {
      await driver.enqueueMessage(message);
      last = "";
    },
    applied: async (batchId) => last === batchId,
  };
};
/** Takes ids of messages for those of their names. */
const idsOfNames: BreakDriver = (driver) => {
  const names = new Map<string, string>();
  return {
    enqueueMessage: (message) => {
      const { id, name } = message;
      const known = names.get(id) ?? name;
      names.set(id, known);
      return driver.enqueueMessage(known === name ? message : { ...message, id: `${id} of ${name}` });
    },
  };
};

const CONTROLS: readonly (readonly [what: string, breakIt: BreakDriver, caseId: string])[] = [
  ["tears batches", torn, "batch-fence"],
  ["does not fence", unfenced, "bare-create-once"],
  ["takes a late batch", unfenced, "fence-late"],
  ["takes a batch twice", unfenced, "fence-repeat"],
  ["takes two batches after one revision", stubborn, "batch-concurrent"],
  ["takes any epoch", anyEpoch, "bare-fence-absent"],
  ["writes rows of a refused batch", leaking(({ puts }) => ({ puts })), "refusal-whole"],
  ["writes the header of a refused batch", leaking(() => ({})), "batch-fence"],
  [
    "keeps answers of a refused batch",
    leaking(({ complete }) => ({ complete })),
    "answer-of-a-refused-batch",
  ],
  ["answers before it has written", acknowledgesEarly, "crash-acknowledged"],
  ["keeps an old header", staleHeader, "batch-header"],
  ["lets the first of two puts win", firstPutWins, "batch-duplicate-keys"],
  ["deletes ranges after puts", putsFirst, "batch-order"],
  ["includes a range's end", inclusiveRanges, "rows-range"],
  ["includes a range's end of 0xFF", inclusiveRanges, "range-all-ff"],
  ["deletes what begins with a key", prefixDeletes, "delete-exact"],
  ["lists short keys first", byLength, "rows-byte-order"],
  ["lists in signed byte order", bySignedBytes, "rows-byte-order"],
  ["lists siblings of a prefix", withSiblings, "rows-prefix"],
  ["has no end of a prefix of 0xFF", overlooking, "rows-prefix-ff"],
  ["repeats the last row of a page", inclusivePages, "rows-page"],
  ["never comes to the end of pages", inclusivePages, "pages-one-by-one"],
  ["has pages of its own length only", shortPages, "pages-as-asked"],
  [
    "forgets all deletions but a thousand",
    committing((batch) => ({ ...batch, deletes: batch.deletes.slice(0, 1_000) })),
    "amounts-of-each",
  ],
  [
    "consumes no more than a thousand",
    committing((batch) => ({ ...batch, consume: batch.consume.slice(0, 1_000) })),
    "amounts-of-each",
  ],
  [
    "keeps no more than a thousand answers",
    committing((batch) => ({ ...batch, complete: batch.complete.slice(0, 1_000) })),
    "amounts-of-each",
  ],
  [
    "deletes no more than a hundred ranges",
    committing((batch) => ({ ...batch, deleteRanges: batch.deleteRanges.slice(0, 100) })),
    "amounts-of-each",
  ],
  [
    "cuts long headers",
    committing((batch) => ({ ...batch, header: batch.header.slice(0, 65_536) })),
    "amounts-of-bytes",
  ],
  [
    "cuts what it sends",
    sending((message) => ({ ...message, body: message.body.slice(0, 65_536) })),
    "amounts-of-bytes",
  ],
  ["knows batches by the beginnings of their ids", knowsByPrefix, "batch-applied"],
  ["counts rows only", countsRowsOnly, "amounts-counted"],
  [
    "forgets that what it sends is to be answered",
    sending((message) => ({ ...message, completable: false })),
    "sends-exact",
  ],
  [
    "forgets that what it sends expires",
    sending((message) => ({ ...message, expiresAt: null })),
    "sends-exact",
  ],
  [
    "forgets the ids of what it has sent",
    sending((message) => ({ ...message, remember: false })),
    "sends-exact",
  ],
  [
    "remembers the ids of all that it has sent",
    sending((message) => ({ ...message, remember: true })),
    "sends-exact",
  ],
  ["does not know the limits of senders", receiving(withoutLimit), "sends-senders-limit"],
  ["does not know the limits of commits", sending(withoutLimit), "sends-senders-limit"],
  ["loads no more than a page", cutAtAThousand, "rows-many"],
  ["overlooks the one row behind a page", oneRowShort, "pages-edge"],
  ["shares the arrays that it gives", sharedOut, "rows-owned-out"],
  ["shares the arrays that it takes", sharedIn, "rows-owned-in"],
  ["knows every batch", () => knowsEveryBatch, "batch-applied"],
  ["knows no batch", () => knowsNoBatch, "fence-repeat"],
  ["gives the newest message first", lastOut, "messages-fifo"],
  ["orders messages by their times", byTime, "messages-fifo"],
  ["finds names by their beginning", byPrefix, "messages-names"],
  ["finds names by wildcards", withWildcards, "messages-names"],
  ["finds names in any case", foldingCase, "messages-names"],
  ["forgets consumed ids", receiving((message) => ({ ...message, remember: false })), "messages-remembered"],
  ["remembers every id", receiving((message) => ({ ...message, remember: true })), "messages-remembered"],
  [
    "queues a message for each send",
    receiving((message) => ({ ...message, id: String(Math.random()) })),
    "messages-idempotent",
  ],
  [
    "cuts bodies",
    receiving((message) => ({ ...message, body: message.body.slice(0, 1_000) })),
    "queue-large-body",
  ],
  [
    "rounds times",
    receiving((message) => ({ ...message, createdAt: Math.round(message.createdAt) })),
    "queue-exact-numbers",
  ],
  ["drops expired messages", receiving((message) => ({ ...message, expiresAt: null })), "queue-expired"],
  ["consumes what is not there", consumesWithout, "messages-consume-twice"],
  ["consumes nothing", committing((batch) => ({ ...batch, consume: [] })), "messages-consume"],
  ["puts messages back at the end", backToTheEnd, "messages-requeue"],
  ["puts messages back in front once", backToTheEnd, "queue-front-again"],
  [
    "counts what a batch consumes as queued",
    committing((batch) => ({ ...batch, consume: [] })),
    "queue-full-swap",
  ],
  [
    "cuts what is too long",
    receiving((message) => ({ ...message, body: message.body.slice(0, 1_000) })),
    "queue-body-limit",
  ],
  ["forgets answers", forgetsAnswers, "messages-answers"],
  ["keeps the last answer of a batch", lastAnswer, "answer-twice-in-a-batch"],
  ["never ends a wait", () => deaf, "wait-message"],
  ["leaves listeners on signals", listens, "wait-there-already"],
  ["gives a message where none is asked for", atLeastOne, "queue-count"],
  ["gives a row where none is asked for", atLeastOne, "rows-page"],
  ["keeps a message's id where the last batch's was", messagesOverwriteBatches, "batch-applied"],
  ["tells messages of one id apart by their names", idsOfNames, "messages-idempotent"],
  ["writes when it is looked at", writesOnLooks, "transactions-few"],
  ["does not see that ids were forgotten", blind, "damage-id-forgotten"],
  ["does not see that a message is gone", blind, "damage-message-lost"],
  ["does not see that a message was moved", blind, "damage-message-moved"],
];

describe("the driver suite finds a driver that", () => {
  test.each(CONTROLS)("%s", async (_, breakIt, caseId) => {
    const sound = brokenDrivers(() => ({}));
    expect(await fails(driverConformance, caseId, sound), "a sound driver").toBe(false);
    expect(await fails(driverConformance, caseId, brokenDrivers(breakIt)), "the broken one").toBe(true);
  });
});
