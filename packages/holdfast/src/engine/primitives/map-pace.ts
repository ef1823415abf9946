import { decodeWidths, encodeWidths, type MapWidth, widthsWith } from "../../history/map-widths.ts";
import type { BlockBody } from "../replay/block.ts";

/** What the entry of a map begins with. */
export function firstWidth(turn: number, items: number): Uint8Array {
  return encodeWidths([{ turn, items }]);
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
    for (const { turn, items } of changes) run.turns.beginIn(turn, block.scope, () => this.#change(items));
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
    const { entry } = place;
    if (asked === this.#items || scope.closed || entry?.status !== "pending") return;
    const widths = widthsWith(this.#recorded, { turn: scope.run.turns.current, items: asked });
    scope.run.journal.write(place, { ...entry, extra: encodeWidths(widths) });
    this.#change(asked);
  }
}
