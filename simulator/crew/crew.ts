import { Worker } from "node:worker_threads";
import type { Answer, Order } from "./work.ts";

/** Plays orders on several threads, and tells each answer as it comes. Resolves when there are no more orders and all are answered. */
export async function playAll(
  orders: Iterator<Order>,
  options: { readonly threads: number; readonly onAnswer: (answer: Answer) => void },
): Promise<void> {
  const threads = Array.from({ length: options.threads }, () => playSome(orders, options.onAnswer));
  await Promise.all(threads);
}

async function playSome(orders: Iterator<Order>, onAnswer: (answer: Answer) => void): Promise<void> {
  const worker = new Worker(new URL("worker.ts", import.meta.url));
  try {
    for (let order = orders.next(); order.done !== true; order = orders.next()) {
      onAnswer(await play(worker, order.value));
    }
  } finally {
    await worker.terminate();
  }
}

function play(worker: Worker, order: Order): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      worker.off("message", onMessage);
      worker.off("error", onError);
      act();
    };
    const onMessage = (answer: Answer): void => settle(() => resolve(answer));
    const onError = (error: unknown): void => settle(() => reject(error));
    worker.on("message", onMessage);
    worker.on("error", onError);
    worker.postMessage(order);
  });
}
