import type { Fact } from "./fact.ts";

/** The facts of one type. */
export type FactOf<Type extends Fact["type"]> = Extract<Fact, { readonly type: Type }>;
