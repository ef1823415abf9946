// Storage in a SQLite file.
export type { SqliteDatabase, SqliteStatement, SqliteValue } from "./drivers/sqlite/database.ts";
export { SqliteDriver, sqliteDriver } from "./drivers/sqlite/sqlite-driver.ts";
export type { SqliteOptions, SqliteStoreOptions } from "./drivers/sqlite/sqlite-options.ts";
export { type SqliteStatistics, SqliteStore, sqliteStore } from "./drivers/sqlite/sqlite-store.ts";
