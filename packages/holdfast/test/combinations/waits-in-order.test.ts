import { expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";
import { interceptedStore } from "../host/intercepted-store.ts";

it("a message that comes between the reads of two waits goes to the one that had asked before", async () => {
  const lab = new EngineLab();
  let reads = 0;
  const driver = interceptedStore(lab.storage, async (method, go) => {
    const given = await go();
    if (method === "peekMessages" && ++reads === 1) await handle.send("m", "hello");
    return given;
  });
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
