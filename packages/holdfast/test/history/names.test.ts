import { expect, it } from "vitest";
import { newEntry } from "../../src/history/entry.ts";
import { EMPTY_DIGEST, encodeHeader, type RunHeader } from "../../src/history/header.ts";
import { Journal } from "../../src/history/journal.ts";
import { loadJournal } from "../../src/history/journal-load.ts";
import { hex, KeySpace } from "../../src/history/key.ts";
import { SegmentType } from "../../src/history/location.ts";
import type { Place } from "../../src/history/place.ts";
import { compareBytes } from "../../src/storage/byte-order.ts";
import type { EngineDriver } from "../../src/storage/driver.ts";
import type { KVEntry, RunImage } from "../../src/storage/records.ts";

const HEADER: RunHeader = {
  status: "running",
  epoch: 0,
  revision: 0,
  sequence: 0,
  wakeAt: null,
  workflowName: "w",
  workflowVersion: null,
  createdAt: 0,
  lastTime: 0,
  seed: new Uint8Array(16),
  digest: EMPTY_DIGEST,
  rollback: "none",
  pause: null,
  barrenStarts: 0,
  checkpointAt: 0,
};

/** A journal, and the rows that its write sets leave. */
class StoredJournal {
  readonly journal = new Journal("run", HEADER);
  readonly rows: Map<string, KVEntry> = new Map();

  place(...path: (string | number)[]): Place {
    return path.reduce<Place>((above, part) => {
      if (typeof part === "number") return above.child({ type: SegmentType.iteration, value: part });
      return above.child({ type: SegmentType.name, value: this.journal.nameIndex(part) });
    }, this.journal.root);
  }

  write(...path: (string | number)[]): Place {
    const place = this.place(...path);
    this.journal.write(place, newEntry("step", 0, 0));
    return place;
  }

  commit(): void {
    const { journal, rows } = this;
    const { deleteRanges, deletes, puts, digest } = journal.takeWriteSet();
    for (const { from, to } of deleteRanges)
      for (const [id, { key }] of rows)
        if (compareBytes(key, from) >= 0 && compareBytes(key, to) < 0) rows.delete(id);
    for (const key of deletes) rows.delete(hex(key));
    for (const row of puts) rows.set(hex(row.key), row);
    journal.header = { ...journal.header, digest, revision: journal.header.revision + 1 };
  }

  /** Names that have rows of their own. */
  get nameRows(): number {
    return [...this.rows.values()].filter(({ key }) => key[0] === KeySpace.name).length;
  }

  async reloaded(): Promise<Journal | undefined> {
    const { journal, rows } = this;
    const { revision } = journal.header;
    const entries = [...rows.values()];
    const header = encodeHeader(journal.runTag, journal.header);
    const image: RunImage = { header, revision, epoch: 0, claimsWithoutCommit: 0, entries, complete: true };
    const driver = { load: async () => image } as unknown as EngineDriver;
    return (await loadJournal("run", driver))?.journal;
  }
}

it("a name that a step of the workflow function bears is told by its entry, others by rows of their own", async () => {
  const stored = new StoredJournal();
  stored.write("charge");
  stored.write("loop", 0, "work");
  stored.commit();
  expect(stored.nameRows).toBe(2);
  expect((await stored.reloaded())?.names).toEqual(["charge", "loop", "work"]);
});

it("a name that no stored entry needs is not stored, and one before it that is needed is", async () => {
  const stored = new StoredJournal();
  stored.journal.nameIndex("running");
  stored.write("done");
  stored.journal.nameIndex("asked for");
  stored.commit();
  expect((await stored.reloaded())?.names).toEqual(["running", "done"]);
  stored.write("asked for");
  stored.commit();
  expect((await stored.reloaded())?.names).toEqual(["running", "done", "asked for"]);
});

it.each(["remove", "removeEntry"] as const)(
  "%s of the entry that told a name leaves the name",
  async (how) => {
    const stored = new StoredJournal();
    const place = stored.write("work");
    stored.write("loop", 0, "work");
    stored.commit();
    stored.journal[how](place);
    stored.commit();
    expect((await stored.reloaded())?.names).toEqual(["work", "loop"]);
    stored.write("work");
    stored.commit();
    expect((await stored.reloaded())?.names).toEqual(["work", "loop"]);
  },
);

it("a name is told by what is written next when nothing of a write set was applied", async () => {
  const stored = new StoredJournal();
  const place = stored.write("work");
  stored.journal.takeWriteSet().undo();
  expect(place.tellsName).toBe(false);
  stored.journal.remove(place);
  stored.write("loop", 0, "work");
  stored.commit();
  expect((await stored.reloaded())?.names).toEqual(["work", "loop"]);
});
