import { BareWriter } from "./bare.ts";
import { crc32c } from "./crc32c.ts";

/** The checksum of a workflow id: the tag that binds every row to its run. */
export function runTagOf(workflowId: string): number {
  const out = new BareWriter();
  out.string(workflowId);
  return crc32c(out.finish());
}
