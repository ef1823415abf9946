/**
 * The items of a generator for `for await`, which may be left at any time: a generator by itself ends only with its next
 * item, which may never come. `leave` is to end the wait for that.
 */
export function leavable<Item>(items: AsyncGenerator<Item, void>, leave: () => void): AsyncIterable<Item> {
  const iterator: AsyncIterator<Item, void> = {
    next: () => items.next(),
    return: () => {
      leave();
      return items.return();
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
