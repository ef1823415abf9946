export { InMemoryDriver } from "./in-memory-driver.ts";
export * from "./index.ts";
