import { expect, it, vi } from "vitest";
import { MessageQueue } from "../../src/drivers/memory/message-queue.ts";
import type { NewMessage } from "../../src/storage/records.ts";

const COUNT = 500;

function message(position: number): NewMessage {
  return {
    id: `message ${position}`,
    name: position % 2 === 0 ? "even" : "odd",
    body: new Uint8Array(0),
    createdAt: 0,
    expiresAt: null,
    completable: false,
    remember: false,
  };
}

it("a queue into which many messages are put in front keeps its order, and does not move those behind each time", () => {
  const queue = new MessageQueue();
  for (let i = 0; i < COUNT; i++) queue.insert("run", message(i), i);
  const set = vi.spyOn(Map.prototype, "set");
  for (let i = -1; i >= -COUNT; i--) queue.insert("run", message(i), i);
  const order = queue.oldest(null, 2 * COUNT).map(({ position }) => position);
  const sets = set.mock.calls.length;
  set.mockRestore();
  expect(order).toEqual(Array.from({ length: 2 * COUNT }, (_, i) => i - COUNT));
  expect(sets).toBeLessThan(20 * COUNT);

  queue.remove(`message ${-COUNT}`);
  queue.insert("run", message(COUNT), COUNT);
  expect(queue.oldest(["even"], 2).map(({ position }) => position)).toEqual([2 - COUNT, 4 - COUNT]);
  expect(queue.oldest(["even", "odd"], 2 * COUNT).at(-1)?.position).toBe(COUNT);
});
