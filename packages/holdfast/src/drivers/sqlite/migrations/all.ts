import { init } from "./0001-init.ts";
import { seals } from "./0002-seals.ts";
import { retiredEpochs } from "./0003-retired-epochs.ts";
import { moreSeals } from "./0004-more-seals.ts";
import type { Migration } from "./migration.ts";

/** Every step of the schema, in order. */
export const MIGRATIONS: readonly Migration[] = [init, seals, retiredEpochs, moreSeals];
