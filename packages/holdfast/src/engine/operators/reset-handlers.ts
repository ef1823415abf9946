import type { Journal } from "../../history/journal.ts";

/** Handlers that are not done get all their attempts back; those that are stay done (P12). */
export function resetHandlers(journal: Journal): void {
  for (const place of journal.root.entries()) {
    const { compensation } = place.entry;
    if (compensation === null || compensation.done) continue;
    journal.write(place, {
      ...place.entry,
      compensation: { attempts: 0, retryAt: null, done: false, failure: null },
    });
  }
}
