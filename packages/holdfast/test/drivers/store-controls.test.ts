import { describe, expect, test } from "vitest";
import type { MemoryStore } from "../../src/memory.ts";
import type { EngineDriver } from "../../src/storage/driver.ts";
import type { NewRun } from "../../src/storage/records.ts";
import type { RunRow } from "../../src/storage/run-row.ts";
import type { ClaimRequest } from "../../src/storage/store.ts";
import { ManualClock } from "../../src/testing/conformance/manual-clock.ts";
import { storeConformance } from "../../src/testing/conformance/suites.ts";
import { type BreakStore, breaking, brokenStores, fails } from "./broken-subjects.ts";

/** A store whose drivers are broken. */
function driving(breakIt: (driver: EngineDriver, store: MemoryStore) => Partial<EngineDriver>): BreakStore {
  return (store) => ({
    driver: (claim) => {
      const driver = store.driver(claim);
      return breaking(driver, breakIt(driver, store));
    },
  });
}

/** A store that claims otherwise than it is asked to. */
function claiming(change: (request: ClaimRequest) => ClaimRequest): BreakStore {
  return (store) => ({ claim: (request) => store.claim(change(request)) });
}

const withoutLooking = driving((driver) => ({ commit: (batch) => driver.commit({ ...batch, wants: null }) }));
const timeless = driving((driver) => ({ commit: (batch) => driver.commit({ ...batch, wakeAt: null }) }));
/** Keeps a time that the last commit has taken back. */
const clinging: BreakStore = (store) => {
  const times = new Map<string, number | null>();
  return {
    driver: (claim) => {
      const driver = store.driver(claim);
      const commit: EngineDriver["commit"] = (batch) => {
        const wakeAt = batch.wakeAt ?? times.get(claim.workflowId) ?? null;
        times.set(claim.workflowId, wakeAt);
        return driver.commit(batch.status === "sleeping" ? { ...batch, wakeAt } : batch);
      };
      return breaking(driver, { commit });
    },
  };
};
const anyStatusLater: BreakStore = (store) => ({
  list: ({ status, ...query }) =>
    store.list(status === undefined || query.cursor !== undefined ? query : { ...query, status }),
});
const restless = driving((driver) => ({
  commit: (batch) =>
    driver.commit({ ...batch, status: batch.status === "sleeping" ? "running" : batch.status }),
}));
const uncounted = driving((driver) => ({
  load: async () => {
    const image = await driver.load();
    return image === null ? null : { ...image, claimsWithoutCommit: 1 };
  },
}));
/** Commits for whoever asks, by taking the run from its holder. */
const zombie: BreakStore = (store) => ({
  driver: ({ workflowId, epoch }) => {
    const driver = store.driver({ workflowId, epoch });
    return breaking<EngineDriver>(driver, {
      commit: async (batch) => {
        const run = { workflowId, force: true };
        const request = { owner: "zombie", leaseMs: 10_000, limit: 1, workflowNames: null, run };
        const claim = (await store.claim(request)).claims[0] ?? { epoch };
        const expectedRevision = (await store.get(workflowId))?.revision ?? 0;
        const mine = store.driver({ workflowId, epoch: claim.epoch });
        return mine.commit({ ...batch, epoch: claim.epoch, expectedRevision });
      },
    });
  },
});
const sendsApart = driving((driver, store) => ({
  commit: async (batch) => {
    for (const { to, message } of batch.send) await store.enqueue(to, message);
    return driver.commit({ ...batch, send: [] });
  },
}));
const spawnsApart = driving((driver, store) => ({
  commit: async (batch) => {
    for (const run of batch.spawn) await store.create(run);
    return driver.commit({ ...batch, spawn: [] });
  },
}));
const wakesApart: BreakStore = (store) => ({
  enqueue: async (workflowId, message) => store.enqueue(workflowId, { ...message, name: `${message.name} ` }),
});
/** Claims for the sender after the message is queued, whatever the run is. */
const claimsForSender: BreakStore = (store) => ({
  enqueue: async (workflowId, message, claimant) => {
    await store.enqueue(workflowId, message);
    if (claimant === undefined) return null;
    const run = { workflowId, force: false };
    return (await store.claim({ ...claimant, limit: 1, run })).claims[0] ?? null;
  },
});
const claimsNothing: BreakStore = (store) => ({
  enqueue: (workflowId, message) => store.enqueue(workflowId, message),
});
const lenient = claiming((request) => {
  const { run } = request;
  return run === undefined ? request : { ...request, run: { ...run, force: true } };
});
const anyWorkflow = claiming((request) => ({ ...request, workflowNames: null }));
const foreverLeased = claiming((request) => ({ ...request, leaseMs: Number.MAX_SAFE_INTEGER / 2 }));
const reviving: BreakStore = () => ({
  renew: async (_, claims) =>
    claims.map(({ workflowId, epoch }) => ({ workflowId, epoch, held: true, requested: null })),
});
const never: BreakStore = () => ({
  renew: async (_, claims) =>
    claims.map(({ workflowId, epoch }) => ({ workflowId, epoch, held: false, requested: null })),
});
const releasesAny: BreakStore = (store) => ({
  release: async ({ workflowId }) =>
    store.release({ workflowId, epoch: (await store.get(workflowId))?.epoch ?? 0 }),
});
const releasesNone: BreakStore = () => ({ release: async () => {} });
const anyRun: BreakStore = (store) => ({
  create: (run, claim) => store.create({ ...run, fingerprint: "same" }, claim),
});
/** Takes runs for the same only if both inputs are. */
const asWritten: BreakStore = (store) => ({
  create: async (run, claim) => {
    const existing = await store.get(run.workflowId);
    const same = existing === null || existing.fingerprint === run.fingerprint;
    return store.create(same ? run : { ...run, fingerprint: "another" }, claim);
  },
});
const alwaysNew: BreakStore = (store) => ({
  create: async (run, claim) => ({ ...(await store.create(run, claim)), created: true }),
});
/** Where the clock of a case begins. */
const NOW = new ManualClock().now();
const byCallersClock: BreakStore = (store) => ({
  create: (run, claim) =>
    store.create(
      run,
      claim === undefined ? claim : { ...claim, leaseMs: claim.leaseMs + (run.createdAt - NOW) },
    ),
});
const unclaimed: BreakStore = (store) => ({ create: (run) => store.create(run) });
const rounding: BreakStore = (store) => ({
  create: (run, claim) => store.create({ ...run, createdAt: Math.trunc(run.createdAt) }, claim),
});
const keepsDeleted: BreakStore = (store) => ({
  delete: async (workflowId) => (await store.get(workflowId)) !== null,
});
const deletesForAll: BreakStore = (store) => ({ delete: (workflowId) => store.delete(workflowId) });
/** Counts the claims of each run from 1, whoever had its id before. */
const forgetsEpochs: BreakStore = (store) => ({
  delete: async (workflowId) => {
    const existed = await store.delete(workflowId);
    retire(store, 0);
    return existed;
  },
});
/** Says that this was the highest epoch of deleted runs. */
function retire(store: MemoryStore, retiredEpoch: number): void {
  const { retiredSeal: _, ...dump } = store.dump();
  store.restore({ ...dump, retiredEpoch });
}
/** Knows of deleted runs what this process has deleted. */
const forgetsWhenOpened: BreakStore = (store) => {
  retire(store, 0);
  return {};
};
const oldestFirst: BreakStore = (store) => ({
  list: async (query) => {
    const page = await store.list(query);
    return { ...page, runs: page.runs.toReversed() };
  },
});
const byOffset: BreakStore = (store) => ({
  list: async ({ cursor, ...query }) => {
    const skipped = cursor === undefined ? 0 : Number(cursor);
    const { runs } = await store.list({ ...query, limit: Math.min(1_000, skipped + query.limit + 1) });
    const page = runs.slice(skipped, skipped + query.limit);
    const more = runs.length > skipped + query.limit;
    return { runs: page, nextCursor: more ? String(skipped + query.limit) : null };
  },
});
const unfair: BreakStore = (store) => ({
  claim: async (request) => {
    if (request.run !== undefined) return store.claim(request);
    const { claims, storeTime } = await store.claim({ ...request, limit: 9_999 });
    const kept = claims.slice(-request.limit);
    for (const claim of claims) if (!kept.includes(claim)) await store.release(claim);
    return { claims: kept, nextDueAt: null, storeTime };
  },
});
const wakesNobody: BreakStore = () => ({ request: async () => {} });
const deaf: BreakStore = () => ({ wait: () => new Promise(() => {}) });
const staysOpen: BreakStore = () => ({ close: async () => {} });
const noResponses: BreakStore = () => ({ response: async () => null });
const sharedRuns: BreakStore = (store) => ({
  response: async (_, messageId) => (await store.response("a", messageId)) ?? store.response("b", messageId),
});

const onceAnId = driving((driver) => ({
  commit: (batch) => {
    const ids = batch.send.map(({ message }) => message.id);
    return driver.commit({
      ...batch,
      send: batch.send.filter((_, index) => ids.indexOf(ids[index] ?? "") === index),
    });
  },
}));
const pausesAtOnce: BreakStore = (store) => ({
  request: async (workflowId, what) => {
    await store.request(workflowId, what);
    if (what === "pause") await store.request(workflowId, "wake");
  },
});
const equalLeases: BreakStore = (store) => ({
  renew: (owner, claims) =>
    store.renew(
      owner,
      claims.map((claim) => ({ ...claim, leaseMs: claims[0]?.leaseMs ?? 1 })),
    ),
});
/** Takes a claim for a change of the run. */
const datesClaims: BreakStore = (store) => {
  const claimedAt = new Map<string, number>();
  return {
    claim: async (request) => {
      const outcome = await store.claim(request);
      for (const { workflowId } of outcome.claims) claimedAt.set(workflowId, outcome.storeTime);
      return outcome;
    },
    get: async (workflowId) => {
      const run = await store.get(workflowId);
      return run === null ? null : { ...run, updatedAt: claimedAt.get(workflowId) ?? run.updatedAt };
    },
  };
};
const listsInShort: BreakStore = (store) => ({
  list: async (query) => {
    const page = await store.list(query);
    return { ...page, runs: page.runs.map((run) => ({ ...run, lease: null, wants: null })) };
  },
});
const namedSendersOnly: BreakStore = (store) => ({
  enqueue: (workflowId, message, claimant) =>
    store.enqueue(workflowId, message, claimant?.workflowNames === null ? undefined : claimant),
});
const claimsInShort: BreakStore = (store) => ({
  enqueue: async (workflowId, message, claimant) => {
    const claim = await store.enqueue(workflowId, message, claimant);
    return claim === null ? null : { ...claim, requested: null };
  },
});
const spawnsWithoutVersion = driving((driver) => ({
  commit: (batch) =>
    driver.commit({ ...batch, spawn: batch.spawn.map((run) => ({ ...run, workflowVersion: null })) }),
}));
const countsSome: BreakStore = (store) => ({
  statistics: async () => {
    const counted = await store.statistics();
    return { ...counted, runs: { ...counted.runs, paused: 0 } };
  },
});
/** Changes what is stored of a run beside its history. */
function mark(store: MemoryStore, workflowId: string, change: (row: RunRow) => RunRow): void {
  const dump = store.dump();
  const runs = dump.runs.map(({ seal: _, ...run }) =>
    run.row.workflowId === workflowId ? { ...run, row: change(run.row) } : run,
  );
  store.restore({ ...dump, runs });
}
const begunAnew = (row: RunRow): RunRow => ({ ...row, claimsWithoutCommit: 1 });
const renewsBudgets: BreakStore = (store) => ({
  renew: async (owner, claims) => {
    const outcomes = await store.renew(owner, claims);
    for (const { workflowId, held } of outcomes) if (held) mark(store, workflowId, begunAnew);
    return outcomes;
  },
});
const messagesRenewBudgets: BreakStore = (store) => ({
  enqueue: async (workflowId, message, claimant) => {
    const claim = await store.enqueue(workflowId, message, claimant);
    mark(store, workflowId, begunAnew);
    return claim;
  },
});
const messagesEndLeases: BreakStore = (store) => ({
  enqueue: async (workflowId, message, claimant) => {
    const claim = await store.enqueue(workflowId, message, claimant);
    if (claim === null) mark(store, workflowId, (row) => ({ ...row, lease: null }));
    return claim;
  },
});
const unasked = (row: RunRow): RunRow => ({ ...row, requested: null });
const commitsForget = driving((driver, store) => ({
  commit: async (batch) => {
    await driver.commit(batch);
    for (const { workflowId } of (await store.list({ limit: 9 })).runs) mark(store, workflowId, unasked);
  },
}));
const releasesForget: BreakStore = (store) => ({
  release: async (claim) => {
    await store.release(claim);
    mark(store, claim.workflowId, unasked);
  },
});
const listsTwice: BreakStore = (store) => ({
  list: async (query) => {
    const pages = await Promise.all(
      (query.status ?? [undefined]).map((status) =>
        store.list(status === undefined ? query : { ...query, status: [status] }),
      ),
    );
    const runs = pages
      .flatMap((page) => page.runs)
      .toSorted((a, b) => (a.workflowId < b.workflowId ? 1 : -1));
    return { runs, nextCursor: pages.length === 1 ? (pages[0]?.nextCursor ?? null) : null };
  },
});
const hundredLeases: BreakStore = (store) => ({
  renew: async (owner, claims) => [
    ...(await store.renew(owner, claims.slice(0, 100))),
    ...claims.slice(100).map(({ workflowId, epoch }) => ({ workflowId, epoch, held: true, requested: null })),
  ],
});
const hundredRuns = driving((driver) => ({
  commit: (batch) => driver.commit({ ...batch, spawn: batch.spawn.slice(0, 100) }),
}));
const hundredNames = driving((driver) => ({
  commit: (batch) => driver.commit({ ...batch, wants: batch.wants?.slice(0, 100) ?? null }),
}));
const tellsTooSoon: BreakStore = (store) => ({
  claim: async (request) => {
    const { nextDueAt, ...outcome } = await store.claim(request);
    return { ...outcome, nextDueAt: nextDueAt === null ? null : nextDueAt - 1 };
  },
});
const deafToEnds: BreakStore = (store) => ({
  wait: (topic, signal) =>
    topic !== "work" && topic.endOnly === true ? new Promise(() => {}) : store.wait(topic, signal),
});
/** Counts on from the epoch of the run that was deleted last. */
const countsFromTheLast: BreakStore = (store) => ({
  delete: async (workflowId) => {
    const epoch = (await store.get(workflowId))?.epoch ?? 0;
    const existed = await store.delete(workflowId);
    retire(store, epoch);
    return existed;
  },
});
const createsInShort: BreakStore = (store) => ({
  create: async (run, claim) => {
    const outcome = await store.create(run, claim);
    return { ...outcome, run: { ...outcome.run, lease: null } };
  },
});
const createsAnew: BreakStore = (store) => ({
  create: async (run, claim) => {
    if ((await store.get(run.workflowId))?.status === "completed") await store.delete(run.workflowId);
    return store.create(run, claim);
  },
});
const claimsForEachName: BreakStore = (store) => ({
  claim: async (request) => {
    const outcome = await store.claim(request);
    const named = request.workflowNames ?? [];
    return new Set(named).size < named.length
      ? { ...outcome, claims: [...outcome.claims, ...outcome.claims] }
      : outcome;
  },
});
const rulesOutByForce = claiming((request) =>
  request.run === undefined || request.run.force
    ? request
    : { ...request, run: { ...request.run, unless: [] } },
);
const deletesForLeases: BreakStore = (store) => ({
  delete: async (workflowId, epoch) => {
    const left = epoch !== undefined && (await store.get(workflowId))?.lease === null;
    return left ? false : store.delete(workflowId, epoch);
  },
});
const releasesInTime: BreakStore = (store) => ({
  release: async (claim) => {
    if ((await store.get(claim.workflowId))?.lease !== null) await store.release(claim);
  },
});
const readsForHolders: BreakStore = (store) => ({
  driver: (claim) => {
    const driver = store.driver(claim);
    const load = async () => {
      const image = await driver.load();
      return image?.epoch === claim.epoch ? image : null;
    };
    return breaking(driver, { load });
  },
});
const putsBackUnseen = driving((driver) => ({
  commit: (batch) =>
    driver.commit(batch.send.some(({ requeue }) => requeue === true) ? { ...batch, wants: null } : batch),
}));

/** Keeps the lists that it is given, and gives them out. */
const sharesNames: BreakStore = (store) => {
  const kept = new Map<string, readonly string[] | null>();
  return {
    driver: (claim) => {
      const driver = store.driver(claim);
      return breaking<EngineDriver>(driver, {
        commit: async (batch) => {
          kept.set(claim.workflowId, batch.wants);
          await driver.commit(batch);
        },
      });
    },
    get: async (workflowId) => {
      const run = await store.get(workflowId);
      return run === null ? null : { ...run, wants: kept.get(workflowId) ?? run.wants };
    },
  };
};
/** Keeps what it is given of a new run for as long as nothing is committed. */
const sharesNewRuns: BreakStore = (store) => {
  const kept = new Map<string, NewRun>();
  return {
    create: (run, claim) => {
      kept.set(run.workflowId, run);
      return store.create(run, claim);
    },
    driver: (claim) => {
      const driver = store.driver(claim);
      const load = async () => {
        const image = await driver.load();
        const given = kept.get(claim.workflowId);
        return image?.revision === 1 && given !== undefined ? { ...image, header: given.header } : image;
      };
      return breaking(driver, { load });
    },
  };
};
/** Counts a claim as given back as often as it is. */
const releasesTwice: BreakStore = (store) => ({
  release: async (claim) => {
    const left = (await store.get(claim.workflowId))?.lease === null;
    await store.release(claim);
    if (!left) return;
    const fewer = (row: RunRow): RunRow => ({ ...row, claimsWithoutCommit: row.claimsWithoutCommit - 1 });
    mark(store, claim.workflowId, fewer);
  },
});
/** Leaves those waiting whom nothing but its end would tell. */
const staysAwaited: BreakStore = (store) => ({
  wait: (topic, signal) =>
    topic !== "work" && topic.workflowId === "b" ? new Promise(() => {}) : store.wait(topic, signal),
});
/** Newest by the clocks of those who created them. */
const byCreation: BreakStore = (store) => ({
  list: async (query) => {
    const page = await store.list(query);
    return { ...page, runs: page.runs.toSorted((a, b) => b.createdAt - a.createdAt) };
  },
});
/** Takes a batch for one that was not applied when somebody has claimed the run since. */
const claimsForgetBatches: BreakStore = (store) => ({
  driver: (claim) => {
    const driver = store.driver(claim);
    const applied = async (batchId: string) =>
      (await driver.load())?.epoch === claim.epoch && (await driver.applied(batchId));
    return breaking(driver, { applied });
  },
});
const withoutEmptyVersions: BreakStore = (store) => ({
  get: async (workflowId) => {
    const run = await store.get(workflowId);
    return run === null ? null : { ...run, workflowVersion: run.workflowVersion || null };
  },
});

const CONTROLS: readonly (readonly [what: string, breakIt: BreakStore, caseId: string])[] = [
  ["does not look again after parking", withoutLooking, "due-look-again"],
  ["forgets what a run waits for", withoutLooking, "due-message"],
  ["forgets times", timeless, "due-times"],
  ["makes a held run due by its lease alone", timeless, "due-behind-lease"],
  ["tells other times than it goes by", tellsTooSoon, "due-as-told"],
  ["does not wait for a rollback's time", timeless, "due-backing-off"],
  ["wakes a run that is to pause", pausesAtOnce, "pause-asleep"],
  ["keeps the claim of a run that sleeps", restless, "commit-gives-up"],
  ["lets a zombie commit", zombie, "claim-zombie"],
  ["takes a run for another that had its id", forgetsEpochs, "claim-reborn"],
  ["lets the future commit", zombie, "claim-future-epoch"],
  ["takes a run for another, if it was not deleted last", countsFromTheLast, "claim-reborn-others"],
  ["forgets the epochs of deleted runs at its end", forgetsWhenOpened, "claim-reborn-restart"],
  ["takes a claim for a change", datesClaims, "record-last-commit"],
  ["lists the half of a record", listsInShort, "list-records"],
  ["gives claims to senders of named workflows only", namedSendersOnly, "enqueue-claims-any"],
  ["tells a sender nothing of requests", claimsInShort, "enqueue-claims-any"],
  ["starts runs without their version", spawnsWithoutVersion, "spawn-create"],
  ["counts no paused runs", countsSome, "statistics"],
  ["takes a renewal for a commit", renewsBudgets, "claim-budget-kept"],
  ["takes a message for a commit", messagesRenewBudgets, "claim-budget-kept"],
  ["takes a run from its holder for a message", messagesEndLeases, "enqueue-held"],
  ["forgets at a commit that the run is to pause", commitsForget, "pause-kept"],
  ["forgets at a release that the run is to pause", releasesForget, "pause-kept"],
  ["lists a run for each time that its status is named", listsTwice, "list-order"],
  ["renews a hundred leases and says that it were all", hundredLeases, "amounts-of-leases"],
  [
    "claims no more than a hundred runs",
    claiming((request) => ({ ...request, limit: Math.min(request.limit, 100) })),
    "amounts-of-leases",
  ],
  ["starts no more than a hundred runs", hundredRuns, "amounts-of-receivers"],
  ["tells a creator nothing of its lease", createsInShort, "create-claimed"],
  ["gives an id again when its run has ended", createsAnew, "create-again"],
  ["claims a run for each time that its workflow is named", claimsForEachName, "claim-names"],
  ["rules out states by force only", rulesOutByForce, "claim-unless"],
  ["deletes for claims only that were not given back", deletesForLeases, "delete-held"],
  ["takes no claim back after its lease", releasesInTime, "release-due"],
  ["lets nobody read but the holder", readsForHolders, "claim-zombie"],
  ["forgets at a release that the run is to be cancelled", releasesForget, "cancel-request"],
  ["does not see what a commit puts back", putsBackUnseen, "due-look-again"],
  ["wakes by the first hundred names", hundredNames, "amounts-of-names"],
  ["lets two ends of a run win", zombie, "terminal-once"],
  ["commits after a release", zombie, "release-fences"],
  ["sends before it has decided", sendsApart, "send-refused"],
  ["sends though it is fenced", sendsApart, "fence-effects"],
  ["starts runs though it is fenced", spawnsApart, "fence-effects"],
  ["wakes nobody with a message", wakesApart, "due-message"],
  ["gives no claim with a message", claimsNothing, "enqueue-claims"],
  ["gives a sender any run", claimsForSender, "enqueue-claims-no-other"],
  ["hands out leased runs", lenient, "claim-live-lease"],
  ["hands out runs of other workflows", anyWorkflow, "claim-names"],
  ["never ends a lease", foreverLeased, "due-dead-holder"],
  ["revives expired leases", reviving, "lease-expired"],
  ["renews nothing", never, "lease-renew"],
  ["renews all leases by one length", equalLeases, "lease-renew-lengths"],
  ["renews by hearsay", reviving, "lease-renew-many"],
  ["releases another's claim", releasesAny, "release-conditional"],
  ["releases nothing", releasesNone, "release-due"],
  ["does not count starts", uncounted, "claim-budget"],
  ["counts a start where there were more", uncounted, "claim-budget-released"],
  ["claims what nobody asked for", claiming((request) => ({ ...request, limit: 9 })), "claim-none"],
  ["sends an id once, whoever it is for", onceAnId, "send-one-id"],
  ["takes any run for the same", anyRun, "create-conflict"],
  ["compares fingerprints as they are written", asWritten, "create-same-input"],
  ["says of every run that it is new", alwaysNew, "create-concurrent"],
  ["leases by the caller's clock", byCallersClock, "clock-of-the-store"],
  ["gives no claim with a creation", unclaimed, "create-claimed"],
  ["rounds times", rounding, "record-exact-numbers"],
  ["keeps what was deleted", keepsDeleted, "delete-all"],
  ["deletes for whoever held it before", deletesForAll, "delete-held"],
  ["lists the oldest first", oldestFirst, "list-order"],
  ["lists by the clocks of others", byCreation, "list-paging"],
  ["shares lists of names", sharesNames, "list-owned"],
  ["shares what a run is created of", sharesNewRuns, "create-image"],
  ["takes an empty version for none", withoutEmptyVersions, "create-nasty-ids"],
  ["counts one release as two", releasesTwice, "claim-budget-released"],
  ["forgets a batch with the next claim", claimsForgetBatches, "claim-late-commit"],
  ["leaves somebody waiting at its end", staysAwaited, "close-settles"],
  ["pages by offset", byOffset, "list-paging-filtered"],
  ["lists runs of any state behind the first page", anyStatusLater, "list-paging-filtered"],
  ["wakes at a time that was taken back", clinging, "due-replaced"],
  ["gives the newest due first", unfair, "fair-newcomers"],
  ["forgets requests", wakesNobody, "wake-now"],
  ["never ends a wait", deaf, "wait-work"],
  ["tells nobody of a claim that was given back", deaf, "wait-given-back"],
  ["tells nobody of an end", deafToEnds, "wait-end"],
  ["goes on after it was closed", staysOpen, "close-refuses"],
  ["loses answers", noResponses, "enqueue-response"],
  ["mixes runs up", sharedRuns, "isolation"],
];

describe("the store suite finds a store that", () => {
  test.each(CONTROLS)("%s", async (_, breakIt, caseId) => {
    const sound = brokenStores(() => ({}));
    expect(await fails(storeConformance, caseId, sound), "a sound store").toBe(false);
    expect(await fails(storeConformance, caseId, brokenStores(breakIt)), "the broken one").toBe(true);
  });
});
