import type { HoldfastError } from "../../model/errors/holdfast-error.ts";
import type { ScriptedMessage } from "../simulated-run.ts";
import { demand, rest, thrownBy } from "./law.ts";
import { LawBench, type LawCode } from "./law-bench.ts";

/** Names that no operation may have. */
export const BAD_NAMES: readonly { readonly what: string; readonly value: unknown; readonly code: string }[] =
  [
    { what: "empty", value: "", code: "INVALID_ARGUMENT" },
    { what: "missing", value: undefined, code: "INVALID_ARGUMENT" },
    { what: "a number", value: 7, code: "INVALID_ARGUMENT" },
    { what: "an array", value: ["op"], code: "INVALID_ARGUMENT" },
    { what: "a symbol", value: Symbol("op"), code: "INVALID_ARGUMENT" },
    { what: "longer than 256 bytes", value: "n".repeat(257), code: "LIMIT" },
    { what: "longer than 256 bytes in UTF-8", value: "é".repeat(129), code: "LIMIT" },
  ];

/** What must come of a refused call. */
export interface Refusal {
  /** Of the error. */
  readonly code: string;
  /** What its message must say. */
  readonly says?: readonly string[];
  readonly messages?: readonly ScriptedMessage[] | undefined;
}

/**
 * A call with a bad argument throws an error of this code, which the code may catch; nothing of the call is written,
 * nothing is received, and the run goes on.
 */
export async function refuses(call: LawCode, { code, says = [], messages = [] }: Refusal): Promise<void> {
  const plain = new LawBench();
  await plain.queue(messages);
  await plain.pass(rest);
  const bench = new LawBench();
  await bench.queue(messages);
  let thrown: unknown;
  await bench.pass(async (ctx) => {
    thrown = await thrownBy(() => call(ctx));
    await rest(ctx);
  });
  const error = thrown as HoldfastError | undefined;
  demand(error !== undefined, "the call was not refused");
  demand(error.code === code, `the error is ${error.code ?? error}: ${error.message}; expected ${code}`);
  for (const part of says) {
    demand(error.message.includes(part), `the error does not say ${JSON.stringify(part)}: ${error.message}`);
  }
  const left = JSON.stringify([await bench.recorded(), bench.contents()]);
  const wanted = JSON.stringify([await plain.recorded(), plain.contents()]);
  demand(left === wanted, `the refused call left ${left}; without it there is ${wanted}`);
}
