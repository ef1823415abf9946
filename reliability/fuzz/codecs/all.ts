import { keyLaws } from "./key-laws.ts";
import type { Law } from "./law.ts";
import { recordLaws } from "./record-laws.ts";
import { refusalLaws } from "./refusal-laws.ts";

/** Every law of keys and codecs. */
export const LAWS: readonly Law[] = [...keyLaws, ...recordLaws, ...refusalLaws];
