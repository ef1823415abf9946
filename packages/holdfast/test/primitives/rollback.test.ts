import { applyLaws } from "./apply-laws.ts";

applyLaws({ kind: "rollback_checkpoint", perform: (ctx, name) => ctx.rollbackCheckpoint(name) });
