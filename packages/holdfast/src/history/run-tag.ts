import { crc32c } from "../storage/crc32c.ts";
import { BareWriter } from "./bare.ts";

/** The checksum of a workflow id: the tag that binds every row to its run. */
export function runTagOf(workflowId: string): number {
  const out = new BareWriter();
  out.string(workflowId);
  return crc32c(out.finish());
}
