import { init } from "./0001-init.ts";
import { seals } from "./0002-seals.ts";
import { retiredEpochs } from "./0003-retired-epochs.ts";
import type { Migration } from "./migration.ts";

/** Every step of the schema, in order. */
export const MIGRATIONS: readonly Migration[] = [init, seals, retiredEpochs];
