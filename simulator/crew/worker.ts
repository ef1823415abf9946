import { parentPort } from "node:worker_threads";
import { modeNamed } from "../modes/all.ts";
import type { Answer, Order } from "./work.ts";

/** One thread of the crew: plays what it is sent, one case at a time. */
parentPort?.on("message", (order: Order) => {
  void answerTo(order).then((answer) => parentPort?.postMessage(answer));
});

async function answerTo(order: Order): Promise<Answer> {
  try {
    return { order, report: await modeNamed(order.mode).play(order.id) };
  } catch (error) {
    return { order, broken: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
