import type { Fact } from "./fact.ts";

/** The facts of one type. */
export type FactOf<Type extends Fact["type"]> = Extract<Fact, { readonly type: Type }>;

/** Whether the fact is of one of these types. */
export function isFact<Type extends Fact["type"]>(
  fact: Fact,
  ...types: readonly Type[]
): fact is FactOf<Type> {
  return (types as readonly string[]).includes(fact.type);
}
