import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { type SqliteStore, sqliteStore } from "../../src/sqlite.ts";
import { message, newRun } from "../../src/testing/conformance/samples.ts";
import { temporaryDirectory } from "./sqlite-context.ts";

const directory = temporaryDirectory();
const CLAIM = { owner: "o", leaseMs: 60_000, limit: 9, workflowNames: null };
const OF_IDS = "sqlite_autoindex_holdfast_runs_1";

type Row = Readonly<Record<string, null | number | string | Uint8Array>>;

/** Without this a connection may not change the schema by hand. */
const UNGUARDED = { open: true, defensive: false };

/** A connection that may change the schema, for as long as `work` takes. */
function withSchema(path: string, work: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(path, UNGUARDED);
  database.exec("PRAGMA writable_schema = ON");
  work(database);
  database.close();
}

/** Changes a table while SQLite does not know of one of its indexes. */
function behind(path: string, index: string, work: (database: DatabaseSync) => void): void {
  let known: Row[] = [];
  withSchema(path, (database) => {
    const find = database.prepare("SELECT rowid, * FROM sqlite_schema WHERE name IN (?, 'holdfast_runs')");
    known = find.all(index) as Row[];
    database.prepare("DELETE FROM sqlite_schema WHERE name = ?").run(index);
    if (index === OF_IDS)
      database.exec(
        "UPDATE sqlite_schema SET sql = replace(sql, ' UNIQUE', '') WHERE name = 'holdfast_runs'",
      );
  });
  withSchema(path, work);
  withSchema(path, (database) => {
    for (const row of known) insert(database, "sqlite_schema", row);
  });
}

function insert(database: DatabaseSync, table: string, row: Row): void {
  const columns = Object.keys(row);
  const values = columns.map(() => "?").join(", ");
  database
    .prepare(`INSERT OR REPLACE INTO ${table} (${columns.join(", ")}) VALUES (${values})`)
    .run(...Object.values(row));
}

/** Takes a row out of an index, and leaves it in the table. */
function lose(path: string, index: string, table: string, where: string): void {
  let rows: Row[] = [];
  withSchema(path, (database) => {
    rows = database.prepare(`SELECT * FROM ${table} WHERE ${where}`).all() as Row[];
    database.exec(`DELETE FROM ${table} WHERE ${where}`);
  });
  behind(path, index, (database) => {
    for (const row of rows) insert(database, table, row);
  });
}

/** Makes the first row of an index one that cannot be read. */
function garble(path: string, index: string): void {
  const database = new DatabaseSync(path);
  const find = database.prepare(
    "SELECT rootpage, (SELECT page_size FROM pragma_page_size) AS bytes FROM sqlite_schema WHERE name = ?",
  );
  const { rootpage, bytes } = find.get(index) as { rootpage: number; bytes: number };
  database.close();
  const file = readFileSync(path);
  const page = file.subarray((rootpage - 1) * bytes, rootpage * bytes);
  // A leaf has its first row where the ninth and tenth bytes say; the row begins with its length and that of its header.
  page[page.readUInt16BE(8) + 1] = 0x7f;
  writeFileSync(path, file);
}

/** A file of three runs, due in their order, with a message for the second, after `damage`. */
async function opened(name: string, damage: (path: string) => void): Promise<SqliteStore> {
  const path = join(directory, `${name}.db`);
  const before = sqliteStore(path);
  for (const workflowId of ["a", "b", "c"]) await before.create(newRun(workflowId));
  await before.enqueue("b", message("1"));
  await before.close();
  damage(path);
  const store = sqliteStore(path);
  onTestFinished(() => store.close());
  return store;
}

async function claimed(store: SqliteStore): Promise<string[]> {
  return (await store.claim(CLAIM)).claims.map(({ workflowId }) => workflowId);
}

describe("a file whose indexes have other rows than its tables goes on, where", () => {
  test("a run is not among the ids: it is not created again", async () => {
    const store = await opened("ids", (path) => lose(path, OF_IDS, "holdfast_runs", "workflow_id = 'b'"));
    expect((await store.create(newRun("b"))).created).toBe(false);
    expect(await claimed(store)).toEqual(["a", "b", "c"]);
  });

  test.each(["due", "status", "name"])(
    "a run is not in the index by %s: it is claimed as it was",
    async (by) => {
      const damage = (path: string) =>
        lose(path, `holdfast_runs_${by}`, "holdfast_runs", "workflow_id = 'b'");
      const store = await opened(by, damage);
      expect((await store.list({ limit: 9, status: ["pending"] })).runs).toHaveLength(3);
      expect(await claimed(store)).toEqual(["a", "b", "c"]);
    },
  );

  test.each(["due", "status", "name"])(
    "the index by %s alone still has a run: the others are claimed",
    async (by) => {
      const store = await opened(`more-${by}`, (path) =>
        behind(path, `holdfast_runs_${by}`, (database) =>
          database.exec("DELETE FROM holdfast_runs WHERE workflow_id = 'b'"),
        ),
      );
      expect(await claimed(store)).toEqual(["a", "c"]);
    },
  );

  test("a message is not among the ids: it is not queued again", async () => {
    const store = await opened("message-ids", (path) =>
      lose(path, "holdfast_messages_id", "holdfast_messages", "id = '1'"),
    );
    await store.enqueue("b", message("1"));
    expect((await store.statistics()).queuedMessages).toBe(1);
  });

  test.each(["messages_id", "messages_name", "runs_due", "runs_status", "runs_name"])(
    "a row of the index %s cannot be read",
    async (index) => {
      const store = await opened(`garbled-${index}`, (path) => garble(path, `holdfast_${index}`));
      await store.enqueue("b", message("1"));
      const driver = store.driver({ workflowId: "b", epoch: 0 });
      expect(await driver.peekMessages([message("1").name], 9)).toHaveLength(1);
      expect(await claimed(store)).toEqual(["a", "b", "c"]);
    },
  );

  test("a message is not among those of its name: it is received", async () => {
    const store = await opened("message-names", (path) =>
      lose(path, "holdfast_messages_name", "holdfast_messages", "id = '1'"),
    );
    const driver = store.driver({ workflowId: "b", epoch: 0 });
    expect(await driver.peekMessages([message("1").name], 9)).toHaveLength(1);
  });
});

test("a damaged run of which the index alone still knows the id is shown as damaged by that id", async () => {
  const store = await opened("damaged", (path) =>
    behind(path, OF_IDS, (database) =>
      database.exec("UPDATE holdfast_runs SET workflow_id = 'd' WHERE workflow_id = 'b'"),
    ),
  );
  expect(await store.create(newRun("b"))).toMatchObject({ created: false, run: { status: "paused" } });
  const image = await store.driver({ workflowId: "b", epoch: 0 }).load();
  expect(image?.damage).toMatchObject({ code: "CORRUPTION", workflowId: "b" });
  expect(await claimed(store)).toEqual(["a", "c"]);
});

test("the index of ids stays where other rows stand in the place of the runs: they are not created again", async () => {
  const store = await opened("other-rows", (path) =>
    behind(path, OF_IDS, (database) =>
      database.exec("UPDATE holdfast_runs SET workflow_id = 'x' || workflow_id, revision = 0, seal = NULL"),
    ),
  );
  for (const id of ["a", "b", "c"]) {
    const created = await store.create(newRun(id)).catch(({ code }) => code);
    expect(created).toMatchObject({ created: false, run: { status: "paused" } });
  }
});
