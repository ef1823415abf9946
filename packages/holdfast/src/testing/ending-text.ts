import { defaultCodec } from "../history/payload.ts";
import { HoldfastError } from "../model/errors/holdfast-error.ts";
import type { Ending } from "./simulated-run.ts";

/** An ending as text that is equal for equal endings. */
export function endingText(ending: Ending): string {
  if ("error" in ending) return `${ending.state}: ${errorText(ending.error, 0)}`;
  const text = new TextDecoder().decode(defaultCodec.encode(ending.output, "output"));
  // The byte before JSON tells the codec how to read it, and people nothing.
  return `${ending.state}: ${text.replace(/^J/, "")}`;
}

function errorText(error: unknown, depth: number): string {
  if (!(error instanceof Error) || depth > 5) return String(error);
  const code = HoldfastError.is(error) ? ` [${error.code}]` : "";
  const cause = error.cause === undefined ? "" : ` <- ${errorText(error.cause, depth + 1)}`;
  return `${error.name}${code}: ${error.message}${cause}`;
}
