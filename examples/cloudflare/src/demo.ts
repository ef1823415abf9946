// Starts an order, kills the worker in the middle of the payment, starts it again, and shows what came of the order.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { DevServer } from "./dev-server.ts";

const ORDER = "/orders/order-123";
const folder = mkdtempSync(join(tmpdir(), "holdfast-orders-"));
let server = await DevServer.start(folder);
try {
  console.log("start      ", await server.ask("POST", ORDER, { items: ["a lamp", "a chair"] }));
  await setTimeout(1_000);
  console.log("it pays    ", await server.ask("GET", ORDER));
  await server.kill();
  console.log("killed      in the middle of the payment, with kill -9");
  server = await DevServer.start(folder);
  console.log("started     the worker again; the order's alarm takes it up, nobody has to ask");
  await setTimeout(5_000);
  console.log("it waits   ", await server.ask("GET", ORDER));
  console.log("shipped    ", await server.ask("POST", `${ORDER}/shipped`, { tracking: "T-9" }));
  console.log("the end    ", await server.ask("GET", `${ORDER}/result`));
  console.log("too late   ", await server.ask("DELETE", ORDER));
} finally {
  await server.kill();
  rmSync(folder, { recursive: true });
}
