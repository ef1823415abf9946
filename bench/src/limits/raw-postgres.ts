import { stopwatch } from "../stopwatch.ts";

/** Single-row commits per second of PostgreSQL, on so many connections, each changing a row of its own. */
export async function rawPostgresCommits(url: string, connections: number, count: number): Promise<number> {
  const { default: pg } = await import("pg");
  const clients = Array.from({ length: connections }, () => new pg.Client(url));
  await Promise.all(clients.map((client) => client.connect()));
  try {
    await clients[0]?.query(
      "CREATE TABLE IF NOT EXISTS raw_commits (id integer PRIMARY KEY, value integer NOT NULL)",
    );
    const seed = "INSERT INTO raw_commits VALUES ($1, 0) ON CONFLICT (id) DO UPDATE SET value = 0";
    await Promise.all(clients.map((client, id) => client.query(seed, [id])));
    const text = "UPDATE raw_commits SET value = value + 1 WHERE id = $1";
    const perClient = Math.ceil(count / connections);
    const elapsed = stopwatch();
    await Promise.all(
      clients.map(async (client, id) => {
        for (let i = 0; i < perClient; i++) await client.query({ name: "change", text, values: [id] });
      }),
    );
    return (perClient * connections) / (elapsed() / 1_000);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}
