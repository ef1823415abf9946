/** Something that every storage of workflows has to get right. The numbers are stable: reports and pages name them. */
export interface Requirement {
  readonly what: string;
  /** Ids of the cases that test it. */
  readonly cases: readonly string[];
  /** Why no case tests it, or what tests the part of it that no case can: file names are of the library's own tests. */
  readonly elsewhere?: string;
}

function tested(what: string, ...cases: readonly string[]): Requirement {
  return { what, cases };
}

/** Requirements by their numbers: what each is, and which cases test it. */
export const CONFORMANCE_REQUIREMENTS: Readonly<Record<number, Requirement>> = {
  1: tested("what is not there is null", "rows-absent", "bare-absent", "create-record"),
  2: tested(
    "every byte comes back, the empty value too",
    "rows-exact-bytes",
    "queue-large-body",
    "amounts-of-bytes",
  ),
  3: tested("a key's value is replaced", "rows-overwrite"),
  4: tested("deleting what is not there is fine", "rows-delete-missing"),
  5: tested("arrays that were passed in are not shared", "rows-owned-in", "queue-owned-in", "answer-owned"),
  6: tested("arrays that come out are not shared", "rows-owned-out", "queue-owned-out", "answer-owned"),
  7: tested("keys of 0x00 and 0xFF, empty ones, long ones", "rows-odd-keys", "delete-exact"),
  8: tested("lists are in unsigned byte order", "rows-byte-order", "delete-and-return"),
  9: tested("a prefix may end in 0xFF", "rows-prefix-ff"),
  10: tested("a prefix gives no siblings", "rows-prefix", "rows-page"),
  11: tested("a prefix is deleted exactly (the port deletes it as a range)", "range-prefix"),
  12: tested("so is one of 0xFF (a range's end has to be named)", "range-prefix-ff", "range-all-ff"),
  13: tested("ranges include their start and not their end", "rows-range", "range-overlapping"),
  14: tested("empty and reversed ranges delete nothing", "rows-empty-range"),
  15: tested(
    "values up to the limit, and not one byte more",
    "batch-value-limit",
    "create-limit",
    "queue-body-limit",
  ),
  16: tested("any text is an id or a name", "messages-nasty-texts", "create-nasty-ids"),
  17: tested(
    "100,000 rows are read in pages",
    "pages-hundred-thousand",
    "pages-large-values",
    "pages-one-by-one",
    "pages-as-asked",
    "pages-while-written",
    "rows-many",
  ),
  18: tested("whichever write of a batch fails: all or nothing", "fault-each-write", "fault-store"),
  19: tested("ranges, deletes, puts of one key apply in order", "batch-order"),
  20: tested("5,000 rows in a batch", "rows-many", "range-everything", "amounts-of-each"),
  21: tested("a batch that is too large is refused whole", "batch-limits", "create-limit", "amounts-counted"),
  22: tested("an empty batch is a revision", "batch-empty"),
  23: tested("of two puts of a key the last wins", "batch-duplicate-keys"),
  24: tested("concurrent batches come one after the other", "batch-concurrent", "queue-and-commits"),
  25: tested("nobody sees half a batch", "batch-snapshot", "second-sees"),
  26: tested("another connection sees a batch when it is acknowledged", "second-sees", "second-store"),
  27: tested("a batch is there after a restart", "batch-reopen", "reopen-all"),
  28: tested("an acknowledged batch survives a kill", "crash-acknowledged", "crash-all"),
  29: tested(
    "a batch in flight is there wholly or not after a kill",
    "crash-in-flight",
    "crash-message",
    "crash-in-flight-create",
  ),
  30: tested(
    "a batch of another epoch is refused",
    "batch-fence",
    "claim-wrong-epoch",
    "claim-future-epoch",
    "bare-fence-absent",
  ),
  31: tested("a batch after another revision is refused", "batch-fence", "second-fences", "bare-create-once"),
  32: tested("a refusal writes nothing at all", "refusal-whole", "fence-effects", "refusal-beside"),
  33: tested("epochs grow with every claim", "claim-epochs", "claim-outcome"),
  34: tested(
    "a zombie's batch is refused whenever it arrives",
    "claim-zombie",
    "claim-force",
    "claim-reborn",
    "claim-reborn-others",
    "claim-reborn-restart",
  ),
  35: tested("a live lease is not claimed", "claim-live-lease", "create-claimed", "enqueue-claims"),
  36: tested(
    "an ended lease is claimed",
    "claim-live-lease",
    "due-dead-holder",
    "due-as-told",
    "crash-in-flight-claim",
  ),
  37: tested("an ended lease is not renewed", "lease-expired", "lease-renew-many"),
  38: tested(
    "leases go by the store's clock",
    "lease-store-clock",
    "clock-of-the-store",
    "lease-renew",
    "lease-renew-lengths",
  ),
  39: tested("a release is of this claim only", "release-conditional", "release-fences"),
  40: tested("of 100 who claim one wins", "claim-one-winner", "fair-two-stores", "create-concurrent"),
  41: tested(
    "the longest due come first, and nobody starves",
    "claim-order",
    "claim-fair",
    "fair-newcomers",
    "fair-released",
    "fair-many-due",
    "claim-names",
  ),
  42: tested("a batch whose answer was lost is known as applied", "fault-answer-lost", "fence-repeat"),
  43: tested("a batch that was not applied is known as such", "batch-applied", "fault-each-write"),
  44: tested("a batch that comes late is refused", "fence-late", "claim-zombie", "fence-repeat-at-once"),
  45: tested("a failure holds no lock", "fault-frees", "refusal-leaves-no-trace"),
  46: tested("the earliest time comes first", "claim-order", "fair-many-due"),
  47: tested("many runs at one instant", "due-same-instant"),
  48: tested("times in the past", "claim-order"),
  49: tested("the year 9999", "due-times", "record-exact-numbers", "queue-exact-numbers"),
  50: tested(
    "a time is replaced",
    "due-replaced",
    "due-behind-lease",
    "due-backing-off",
    "commit-schedule",
    "bare-alarm",
  ),
  51: tested("a time goes with the end of the run", "due-replaced", "due-paused", "bare-alarm-end"),
  52: {
    ...tested("finding what is due costs no more with a million times", "fair-many-due", "claim-next-due"),
    elsewhere: "that an index is used is seen from outside only: sqlite-plans.test.ts",
  },
  53: tested("times survive a restart", "due-restart", "due-delayed-start", "crash-all"),
  54: tested(
    "a message is queued once",
    "messages-idempotent",
    "messages-remembered",
    "queue-known-sends",
    "send-one-id",
    "sends-exact",
    "amounts-of-each",
  ),
  55: tested(
    "first in, first out, whatever the clock says",
    "messages-fifo",
    "queue-consume-order",
    "queue-front-again",
  ),
  56: tested("each sender's order is kept", "messages-concurrent"),
  57: tested("consumption is part of the batch", "messages-consume", "refusal-whole", "send-other"),
  58: tested("a message is consumed once", "messages-consume-twice", "queue-and-commits"),
  59: tested("names are found exactly", "messages-names", "queue-across-names", "due-message"),
  60: tested(
    "messages to unknown and finished runs have an answer",
    "bare-early-messages",
    "messages-finished",
    "enqueue-refused",
  ),
  61: tested(
    "a message and the wake-up that it is go together",
    "due-message",
    "enqueue-claims",
    "enqueue-claims-no-other",
    "enqueue-claims-any",
    "amounts-of-names",
    "fault-store",
    "send-other",
  ),
  62: {
    ...tested("a long queue costs what is taken of it", "queue-deep", "messages-backlog", "queue-count"),
    elsewhere: "that an index is used is seen from outside only: sqlite-plans.test.ts",
  },
  63: tested("one id is one run", "create-again", "create-concurrent", "create-same-input", "spawn-again"),
  64: tested("a conflict names what is there", "create-conflict"),
  65: tested("one end of a run wins", "terminal-once", "commit-gives-up", "request-refused"),
  66: tested("a deleted run is gone with all of it", "delete-all", "delete-held"),
  67: tested(
    "pages are stable while runs come and go",
    "list-paging",
    "list-paging-filtered",
    "list-order",
    "list-records",
  ),
  68: {
    what: "migrating again changes nothing",
    cases: [],
    elsewhere: "schemas are each storage's own: sqlite-migrations.test.ts",
  },
  69: {
    what: "16 that migrate at once do it once",
    cases: [],
    elsewhere: "schemas are each storage's own: sqlite-migrations.test.ts",
  },
  70: {
    what: "older code refuses a newer schema",
    cases: [],
    elsewhere: "schemas are each storage's own: sqlite-migrations.test.ts",
  },
  71: {
    what: "a migration that is cut off anywhere can be run again",
    cases: [],
    elsewhere: "schemas are each storage's own: sqlite-migrations.test.ts",
  },
  72: tested("closing settles what is in flight, twice too", "close-settles"),
  73: tested("what is closed says so", "close-refuses"),
  74: tested("waits end with their signal and leave nothing", "wait-abort", "wait-aborted", "wait-run"),
  75: tested("hints may be lost: looking is enough", "due-look-again", "due-message", "due-restart"),
  76: {
    ...tested("a storage's own errors are typed: retryable or not, applied or unknown", "fault-each-write"),
    elsewhere: "codes are each storage's own: sqlite-faults.test.ts; this release has no PostgreSQL driver",
  },
  77: {
    what: "no transaction is open at rest",
    cases: [],
    elsewhere: "no port shows it: sqlite-plans.test.ts asks the connection",
  },
  78: tested("runs do not touch each other's rows", "isolation", "delete-all"),
  79: tested("a blocked event loop harms nothing", "commit-after-block"),
  80: tested("a step is one write transaction", "transactions-per-step", "transactions-few"),
};

/** The numbers of the requirements that a case tests. */
export function requirementsOf(caseId: string): number[] {
  return Object.entries(CONFORMANCE_REQUIREMENTS).flatMap(([number, { cases }]) =>
    cases.includes(caseId) ? [Number(number)] : [],
  );
}
