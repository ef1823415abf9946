import type { EngineDriver } from "../../storage/driver.ts";
import type { StoredMessage } from "../../storage/records.ts";

/** Waits for so many different lists of names are read for together: what they wait for is mostly not there yet. */
const TOGETHER = 8;

interface Wait {
  readonly names: readonly string[];
  readonly count: number;
}

/** The queue, and who waits for what is in it. */
export interface PageSetup<Waiting extends Wait> {
  readonly source: Pick<EngineDriver, "peekMessages">;
  /** As of now. */
  readonly waits: () => Iterable<Waiting>;
  /** What the storage still shows and nobody is to see. */
  readonly taken: { readonly size: number; readonly has: (messageId: string) => boolean };
  /** Whether it may be received; an expired one is taken. */
  readonly isFresh: (message: StoredMessage) => boolean;
}

/** Waits for the same names share what is read. */
interface Group<Waiting> {
  readonly names: readonly string[];
  readonly waits: Waiting[];
  page: readonly StoredMessage[];
}

/** What is queued for each wait, oldest first, in the order of the waits. */
export async function readPages<Waiting extends Wait>(
  setup: PageSetup<Waiting>,
): Promise<Map<Waiting, readonly StoredMessage[]>> {
  const groups = groupsOf(setup.waits());
  if (groups.length < TOGETHER || !(await readTogether(setup, groups))) {
    for (const group of groups) group.page = (await readPage(setup, group.names)).fresh;
    // One that was fresh when it was read may have expired while another page was.
    if (groups.some(({ page }) => page.some(({ id }) => setup.taken.has(id)))) return readPages(setup);
  }
  const found = new Map<Waiting, readonly StoredMessage[]>();
  for (const { waits, page } of groups) for (const wait of waits) found.set(wait, page);
  return new Map(Array.from(setup.waits(), (wait) => [wait, found.get(wait) ?? []]));
}

function groupsOf<Waiting extends Wait>(waits: Iterable<Waiting>): Group<Waiting>[] {
  const groups = new Map<string, Group<Waiting>>();
  for (const wait of waits) {
    const key = JSON.stringify(wait.names);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { names: wait.names, waits: [wait], page: [] });
    else group.waits.push(wait);
  }
  return [...groups.values()];
}

/** Fills all pages by one read; false when more is queued than it shows. */
async function readTogether<Waiting extends Wait>(
  setup: PageSetup<Waiting>,
  groups: readonly Group<Waiting>[],
): Promise<boolean> {
  const all = [...new Set(groups.flatMap(({ names }) => names))];
  const { fresh, complete } = await readPage(setup, all);
  if (!complete) return false;
  for (const group of groups) group.page = fresh.filter(({ name }) => group.names.includes(name));
  return true;
}

/**
 * What is queued of these names, as many as the waits may take that ask for one of them: neither those that have expired nor
 * what an earlier wait takes hides any behind it.
 */
async function readPage(
  { source, waits, taken, isFresh }: PageSetup<Wait>,
  names: readonly string[],
): Promise<{ fresh: readonly StoredMessage[]; complete: boolean }> {
  const asked = new Set(names);
  let wanted = 0;
  for (const wait of waits()) if (wait.names.some((name) => asked.has(name))) wanted += wait.count;
  for (let more = wanted; ; more *= 2) {
    const room = taken.size + more;
    const queued = await source.peekMessages(names, room);
    const fresh = queued.filter(isFresh);
    const complete = queued.length < room;
    if (complete || fresh.length >= wanted) return { fresh, complete };
  }
}
