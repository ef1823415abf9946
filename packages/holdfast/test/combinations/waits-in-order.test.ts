import { expect, it } from "vitest";
import type { EngineDriver } from "../../src/storage/driver.ts";
import { EngineLab } from "../engine-lab.ts";
import { peekingDriver } from "../peeking-driver.ts";

it("a message that comes between the reads of two waits goes to the one that had asked before", async () => {
  const lab = new EngineLab();
  let reads = 0;
  const peek: EngineDriver["peekMessages"] = async (names, count) => {
    const queued = await lab.storage.peekMessages(names, count);
    reads += 1;
    if (reads === 1) await handle.send("m", "hello");
    return queued;
  };
  const driver = peekingDriver(lab.storage, peek);
  const handle = lab.start(
    (ctx) =>
      Promise.race([
        ctx.queue.next("first", { names: ["n", "m"] }).then(({ body }) => `first: ${body}`),
        ctx.queue.next("second", { names: ["m", "n"] }).then(({ body }) => `second: ${body}`),
      ]),
    { driver, mode: "live" },
  );

  await expect(lab.clock.settle(handle.result)).resolves.toMatchObject({ output: "first: hello" });
});
