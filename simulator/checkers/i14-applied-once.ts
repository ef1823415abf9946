import { livesOf } from "../evidence/lives.ts";
import { checkerOf } from "./checker-of.ts";

export const appliedOnce = checkerOf(
  "I14",
  "a batch is applied once or not at all, each after the revision that it follows",
  function* (evidence) {
    for (const life of livesOf(evidence)) {
      const applied = new Set<string>();
      let revision = 0;
      for (const { batch, record, fact } of life.commits) {
        const at = { run: life.run, fact };
        if (batch !== null) {
          if (applied.has(batch.batchId))
            yield { problem: `batch ${batch.batchId} was applied twice`, ...at };
          applied.add(batch.batchId);
          if (batch.expectedRevision !== revision) {
            const problem = `a batch that follows revision ${batch.expectedRevision} was applied after ${revision}`;
            yield { problem, ...at };
          }
        }
        if (record.revision !== revision + 1)
          yield { problem: `revision ${record.revision} came after ${revision}`, ...at };
        revision = record.revision;
      }
    }
  },
);
