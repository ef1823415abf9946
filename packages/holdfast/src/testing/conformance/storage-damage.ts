import {
  CONSUMED_IDS_PREFIX,
  MESSAGES_PREFIX,
  messageKey,
  NAMES_PREFIX,
  QUEUED_IDS_PREFIX,
} from "../../drivers/kv/kv-keys.ts";
import type { OrderedKV } from "../../drivers/kv/ordered-kv.ts";
import type { KVEntry } from "../../storage/records.ts";

/** Changes what is stored behind the subject's back, where a case wants it to. */
export interface StorageDamage {
  /** Takes away the ids of consumed messages that are remembered. */
  forgetConsumed(): Promise<void>;
  /** Takes a queued message away, with all that belongs to it. */
  loseMessage(): Promise<void>;
  /** Puts a queued message at another place of the queue. */
  moveMessage(): Promise<void>;
}

/** Where no message stands. */
const FAR = 1_000_000;

/** Damage of a namespace that `kvDriver` keeps a run in, opened anew for it. */
export function kvDamage(open: () => OrderedKV): StorageDamage {
  const under = (prefix: Uint8Array): Promise<readonly KVEntry[]> => open().list(prefix, { limit: 1_000 });
  const change = (deletes: readonly KVEntry[], puts: readonly KVEntry[] = []): Promise<void> =>
    open().batch({ deleteRanges: [], deletes: deletes.map(({ key }) => key), puts });
  return {
    forgetConsumed: async () => change(await under(CONSUMED_IDS_PREFIX)),
    loseMessage: async () => {
      const spaces = [MESSAGES_PREFIX, QUEUED_IDS_PREFIX, NAMES_PREFIX];
      const firsts = await Promise.all(spaces.map(async (space) => (await under(space)).slice(0, 1)));
      await change(firsts.flat());
    },
    moveMessage: async () => {
      const moved = (await under(MESSAGES_PREFIX)).slice(0, 1);
      await change(
        moved,
        moved.map(({ value }) => ({ key: messageKey(FAR), value })),
      );
    },
  };
}
