import { describe, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { objectClient, type StartOutcome, workflowObject } from "../../src/cloudflare.ts";
import { defineWorkflow } from "../../src/index.ts";
import { DurableObject } from "../cloudflare/fake-objects.ts";

const order = defineWorkflow({
  name: "order",
  input: z.object({ orderId: z.string(), at: z.string().transform((text) => new Date(text)) }),
  messages: { shipped: z.object({ tracking: z.string() }) },
  run: async (_ctx, input) => input.at.getTime(),
});
const bare = async () => "done";

declare class Orders extends workflowObject(DurableObject, order) {}
declare class Bare extends workflowObject(DurableObject, bare) {}

const binding = { idFromName: (name: string) => name, get: (_id: string) => ({}) };

describe("a class of workflowObject", () => {
  test("is asked with the workflow's raw input and messages, and gives its output", () => {
    expectTypeOf<Orders["start"]>().parameters.toEqualTypeOf<[input: { orderId: string; at: string }]>();
    expectTypeOf<Orders["start"]>().returns.toEqualTypeOf<Promise<StartOutcome>>();
    expectTypeOf<Orders["result"]>().returns.toEqualTypeOf<Promise<number>>();
    expectTypeOf<Parameters<Orders["send"]>[0]>().toEqualTypeOf<"shipped">();
    expectTypeOf<Parameters<Orders["send"]>[1]>().toEqualTypeOf<{ tracking: string }>();
    expectTypeOf<Parameters<Bare["start"]>>().toMatchTypeOf<[input?: unknown]>();
  });

  test("is a Durable Object as its base is", () => {
    expectTypeOf<Orders>().toExtend<DurableObject>();
    expectTypeOf<ConstructorParameters<typeof Orders>>().toEqualTypeOf<
      ConstructorParameters<typeof DurableObject>
    >();
  });
});

test("a client of objects has the workflow's types", () => {
  const start = () => objectClient(binding, order).start({ input: { orderId: "1", at: "2030-01-01" } });
  type Handle = Awaited<ReturnType<typeof start>>;
  expectTypeOf<Handle["result"]>().returns.toEqualTypeOf<Promise<number>>();
  expectTypeOf<Handle["getOutput"]>().returns.toEqualTypeOf<Promise<number | undefined>>();
  // @ts-expect-error: the workflow declares no such message
  const misnamed = (handle: Handle) => handle.send("shiped", { tracking: "T-9" });
  expectTypeOf(misnamed).toBeFunction();
  const others = () => objectClient(binding, bare).start();
  expectTypeOf<Awaited<ReturnType<typeof others>>["result"]>().returns.toEqualTypeOf<Promise<string>>();
});
