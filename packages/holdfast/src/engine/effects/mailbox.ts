import type { Clock } from "../../model/clock.ts";
import { isPromise } from "../../model/is-promise.ts";
import { SeldomMap, SeldomSet } from "../../model/seldom.ts";
import type { EngineDriver } from "../../storage/driver.ts";
import type { StoredMessage } from "../../storage/records.ts";
import { type Admission, type Admitted, admitAll } from "./admission.ts";
import { Hints } from "./hints.ts";
import { firstWithin, type MessageRoom } from "./message-room.ts";
import { type PageSetup, readPages } from "./queue-pages.ts";

/** A wait for messages that is open. */
export interface MessageWait {
  readonly names: readonly string[];
  readonly count: number;
  readonly scope: { readonly closed: boolean };
  /** When it ends without a message, in milliseconds since the epoch; null: never. */
  readonly deadline: number | null;
  /** There are messages for it, oldest first: one at least, `count` at most. They are its own when it accepts them. */
  readonly receive: (messages: readonly Admitted[]) => void;
  /** Ends the wait without a message. */
  readonly timedOut: () => void;
}

/** What a mailbox is made of. */
export interface MailboxSetup {
  readonly admission: Admission;
  readonly clock: Clock;
  /** What the messages of one wait may take, since they are one value, and consumed by one commit. */
  readonly room: MessageRoom;
  /** The storage's clock. */
  readonly now: () => number;
  /** Called for each message that is there and has expired. */
  readonly expired: (message: StoredMessage) => void;
}

/** Messages that are received and not consumed, from which on they are to be consumed before the next look. */
const LADEN = 32;

/** What the mailbox asks of the storage. */
export type MessageSource = Pick<EngineDriver, "peekMessages" | "waitForMessages">;

/**
 * Owns: the open waits for messages and which queued message goes to which of them.
 * Does not own: consumption, which is part of the commit that records the message (outbox.ts, P7).
 * Invariants: waits on one name are served in the order in which they were asked; a message that a wait has taken is
 * never seen by another (ARCHITECTURE 6), unless the wait is left before its code sees it: then all that no code has seen is
 * dealt out anew, so that nobody receives a younger message before it (I22); an expired message goes to none.
 */
export class Mailbox {
  readonly #waits: SeldomSet<MessageWait> = new SeldomSet();
  /** Waits whose deadline has come. */
  readonly #expiring: SeldomSet<MessageWait> = new SeldomSet();
  /** What was dealt to waits whose code has not seen it yet. */
  readonly #dealt: SeldomMap<MessageWait, readonly Admitted[]> = new SeldomMap();
  /** How often that was taken back. */
  #collections = 0;
  /** Dealt or received, but not yet consumed by a commit. */
  readonly #taken: SeldomSet<string> = new SeldomSet();
  readonly #admission: Admission;
  readonly #clock: Clock;
  readonly #room: MessageRoom;
  readonly #now: () => number;
  readonly #expired: (message: StoredMessage) => void;
  /** Null while nobody has listened. */
  #hints: Hints | null = null;
  #look = false;
  #arrival: StoredMessage | null = null;
  readonly #expected: SeldomSet<{ readonly name: string }> = new SeldomSet();

  constructor({ admission, clock, room, now, expired }: MailboxSetup) {
    this.#admission = admission;
    this.#clock = clock;
    this.#room = room;
    this.#now = now;
    this.#expired = expired;
  }

  /** Opens a wait; the returned function closes it. */
  open(wait: MessageWait): () => void {
    this.#waits.add(wait);
    this.#arrival = null;
    this.#look = true;
    this.#hints?.stop();
    return () => {
      if (this.#dealt.has(wait)) this.#collect();
      this.#end(wait);
    };
  }

  /** The wait's code is about to see these messages: false if they were dealt to it and it cannot have them after all. */
  accept(wait: MessageWait, messages: readonly Admitted[]): boolean {
    if (this.#dealt.get(wait) !== messages) return false;
    this.#end(wait);
    return true;
  }

  get isWaiting(): boolean {
    return this.#waits.size > 0;
  }

  /** The names that are waited for, or null when none is. */
  wants(): readonly string[] | null {
    if (this.#waits.size === 0) return null;
    const names = new Set<string>();
    for (const wait of this.#waits) for (const name of wait.names) names.add(name);
    return [...names].sort();
  }

  /** There may be new messages. */
  hint(): void {
    this.#look = true;
  }

  /** A message of this name is on its way; call what is returned when it has come, or does not come. */
  expect(name: string): () => void {
    const expected = { name };
    this.#expected.add(expected);
    return () => {
      this.#expected.delete(expected);
      this.#look = true;
    };
  }

  /** Whether a message that is waited for is on its way. */
  get isExpecting(): boolean {
    if (this.#expected.size === 0) return false;
    const wanted = this.wants() ?? [];
    for (const { name } of this.#expected) if (wanted.includes(name)) return true;
    return false;
  }

  /**
   * This is the only queued message that a wait was open for when the run was parked: until more is heard, or was asked for since,
   * nothing else need be read.
   */
  arrived(message: StoredMessage): void {
    if (!this.#look) this.#arrival = message;
    this.#look = true;
  }

  /** Whether a look at the queue could find something new. */
  get wantsLook(): boolean {
    return this.#look && this.#waits.size > 0;
  }

  /** Whether messages were received that no commit has consumed yet. */
  get holdsMessages(): boolean {
    return this.#taken.size > 0;
  }

  /** Whether so many of them are read again with each look that a commit costs less. */
  get isLaden(): boolean {
    return this.#taken.size >= LADEN;
  }

  /** The wait's deadline has come: unless a look at the queue finds something for it, it ends empty. */
  expire(wait: MessageWait): void {
    this.#expiring.add(wait);
    this.#look = true;
  }

  /** Looks at the queue and serves the waits in the order in which they were asked. */
  async look(source: MessageSource): Promise<void> {
    this.#look = false;
    const pages = this.#arrived() ?? (await readPages(this.#queue(source)));
    const gone = new Set<string>();
    // Pages are read one after the other: what one shows of these names came meanwhile, and is for an earlier wait.
    const spokenFor = new Set<string>();
    for (const [wait, page] of pages) {
      if (wait.scope.closed || !this.#waits.has(wait)) continue;
      const offered = page.filter((message) => this.#mayHave(wait, message));
      const left = offered.filter(({ id }) => !gone.has(id));
      const spoken = left.findIndex(({ name }) => spokenFor.has(name));
      if (spoken >= 0) this.#look = true;
      // Nor is anything received that is younger than such a one.
      const free = spoken < 0 ? left : left.slice(0, spoken);
      const mine = firstWithin(free.slice(0, wait.count), this.#room, (message) => message);
      if (mine.length > 0) {
        const collections = this.#collections;
        const admitted = admitAll(this.#admission, mine);
        const fit = isPromise(admitted) ? await admitted : admitted;
        // What was read does not show what came back.
        if (this.#collections > collections) return;
        if (wait.scope.closed || !this.#waits.has(wait)) continue;
        this.#hints?.found();
        // A schema may have made more of them.
        const received = firstWithin(beforeRefusal(fit), this.#room, ({ message }) => message);
        for (const { message } of received) {
          gone.add(message.id);
          this.#taken.add(message.id);
        }
        this.#dealt.set(wait, received);
        wait.receive(received);
      } else if (offered.length === 0 && this.#expiring.has(wait)) {
        this.#end(wait);
        wait.timedOut();
      } else {
        // An earlier wait has taken all that was seen, or is to have it; there may be more behind it.
        if (offered.length > 0) this.#look = true;
        for (const name of wait.names) spokenFor.add(name);
      }
    }
  }

  /** What has arrived, for each wait; null when the queue has to be read. */
  #arrived(): Map<MessageWait, readonly StoredMessage[]> | null {
    const message = this.#arrival;
    this.#arrival = null;
    // A wait that is about to end looks for what was sent before its deadline, which the arrival may not be.
    if (message === null || this.#expiring.size > 0) return null;
    const page = this.#isFresh(message) ? [message] : [];
    return new Map(
      [...this.#unserved()].map((wait) => [wait, wait.names.includes(message.name) ? page : []]),
    );
  }

  #queue(source: MessageSource): PageSetup<MessageWait> {
    return {
      source,
      waits: () => this.#unserved(),
      taken: this.#taken,
      isFresh: (message) => this.#isFresh(message),
    };
  }

  /** A wait whose deadline has come receives what was sent before it, and nothing that came later. */
  #mayHave(wait: MessageWait, message: StoredMessage): boolean {
    return !this.#expiring.has(wait) || message.createdAt <= (wait.deadline ?? message.createdAt);
  }

  /** Waits that nothing was dealt to. */
  *#unserved(): Iterable<MessageWait> {
    for (const wait of this.#waits) if (!this.#dealt.has(wait)) yield wait;
  }

  /** Takes back what was dealt and no code has seen. */
  #collect(): void {
    for (const [, messages] of this.#dealt)
      for (const { message } of messages) this.#taken.delete(message.id);
    this.#dealt.clear();
    this.#collections += 1;
    this.#look = true;
  }

  #end(wait: MessageWait): void {
    this.#waits.delete(wait);
    this.#expiring.delete(wait);
    this.#dealt.delete(wait);
  }

  #isFresh(message: StoredMessage): boolean {
    if (this.#taken.has(message.id)) return false;
    if (message.expiresAt === null || message.expiresAt > this.#now()) return true;
    this.#taken.add(message.id);
    this.#expired(message);
    return false;
  }

  /** These are consumed: the storage does not show them any more. */
  consumed(messageIds: readonly string[]): void {
    for (const id of messageIds) this.#taken.delete(id);
  }

  /**
   * Asks the storage for hints from now on, unless it was asked already; call it before looking, so that nothing comes
   * unseen in between.
   */
  listen(source: MessageSource, arrived: () => void): boolean {
    if (this.#waits.size === 0) return false;
    this.#hints ??= new Hints(this.#clock);
    return this.#hints.listen(source, this.wants(), () => {
      this.#look = true;
      arrived();
    });
  }

  /** Stops listening. */
  close(): void {
    this.#hints?.stop();
  }
}

/** Those in front of the first one that is refused: that fails its wait, which takes nothing else with it. */
function beforeRefusal(admitted: readonly Admitted[]): readonly Admitted[] {
  const refused = admitted.findIndex(({ refusal }) => refusal !== null);
  return refused < 0 ? admitted : admitted.slice(0, Math.max(1, refused));
}
