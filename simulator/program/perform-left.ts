import { sendFrom } from "./perform-message.ts";
import { configOf } from "./perform-step.ts";
import type { StatementOf } from "./program.ts";
import type { ProgramScope } from "./program-scope.ts";

/** Begins an operation, and nobody ever waits for it. What is refused on the spot is thrown. */
export async function performLeft(scope: ProgramScope, { begins }: StatementOf<"left">): Promise<undefined> {
  const { ctx } = scope;
  switch (begins.kind) {
    case "step":
      void ctx.step(configOf(scope, begins, scope.idOf(begins.name)));
      return undefined;
    case "sleep":
      void ctx.sleep(begins.name, begins.ms);
      return undefined;
    case "listen":
      void ctx.listen(begins.name, begins.message);
      return undefined;
    case "send":
      void sendFrom(scope, begins);
  }
}
