import { decodeWidths, encodeWidths, type MapWidth, widthsWith } from "../../history/map-widths.ts";
import type { BlockBody } from "../replay/block.ts";
import type { Run } from "../replay/run.ts";

/** What the entry of a map begins with. */
export function firstWidth({ turns, journal }: Run, items: number): Uint8Array {
  return encodeWidths([{ turn: turns.current, known: journal.sequence, items }]);
}

/**
 * Owns: how many items of a map may be at work at once. A deploy may change that while they are.
 * Invariants: a replay begins its items in the turns in which they began, whatever the code asks for now: with what was asked for
 * at the time. What is asked for now counts from the end of the replay on, and is recorded if it is something else.
 */
export class MapPace {
  readonly #block: BlockBody;
  readonly #changed: () => void;
  #items: number;

  /** `asked` is what the code asks for now; `changed` is called when it comes to count, if that changes anything. */
  constructor(block: BlockBody, asked: number, changed: () => void) {
    this.#block = block;
    this.#changed = changed;
    const [first, ...changes] = this.#recorded;
    this.#items = first?.items ?? asked;
    const { run } = block.scope;
    for (const width of changes) run.turns.changeIn(width, block.scope, () => this.#change(width.items));
    if (!block.collecting) run.whenLive(() => this.#ask(asked));
  }

  /** At this point of the run. */
  get items(): number {
    return this.#items;
  }

  get #recorded(): readonly MapWidth[] {
    return decodeWidths(this.#block.place.entry?.extra ?? null);
  }

  #change(items: number): void {
    this.#items = items;
    this.#changed();
  }

  #ask(asked: number): void {
    const { scope, place } = this.#block;
    const { turns, journal } = scope.run;
    const { entry } = place;
    if (asked === this.#items || scope.closed || entry?.status !== "pending") return;
    const next = { turn: turns.current, known: journal.sequence, items: asked };
    journal.write(place, { ...entry, extra: encodeWidths(widthsWith(this.#recorded, next)) });
    this.#change(asked);
  }
}
