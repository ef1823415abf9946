import { defaultCodec, type PayloadCodec } from "../../src/history/payload.ts";
import { sweep } from "./sweep.ts";

/** Every answer takes a turn of the event loop, as encryption by the platform does. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const slowCodec: PayloadCodec = {
  encode: async (value, what) => {
    const bytes = defaultCodec.encode(value, what);
    await turn();
    return bytes;
  },
  decode: async (bytes) => {
    await turn();
    return defaultCodec.decode(bytes as Uint8Array);
  },
};

sweep({
  outcome: "with a codec that takes its time, a crash after any storage operation changes nothing",
  options: { faults: ["crash-after"] },
  with: { codec: slowCodec },
});
