import { StorageError } from "../../model/errors/storage-errors.ts";
import type { EngineDriver } from "../../storage/driver.ts";
import type { Execution } from "./execution.ts";
import { patientMessages } from "./patient-read.ts";

/**
 * Looks at the queue. One that cannot be read ends nothing that is at work, or that no commit has: it would run again (P2).
 * @returns whether it could be read; if not, it is to be looked at later
 */
export async function lookAtQueue(execution: Execution, driver: EngineDriver): Promise<boolean> {
  const { mailbox, world, report } = execution;
  try {
    await mailbox.look(patientMessages(driver, world.clock));
    return true;
  } catch (error) {
    if (!StorageError.is(error) || !(execution.busy || execution.owesCommit)) throw error;
    report.warn("the queue cannot be read; looking again later", { error });
    mailbox.hint();
    return false;
  }
}
