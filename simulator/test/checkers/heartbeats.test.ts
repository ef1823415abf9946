import { expect, it } from "vitest";
import { timersOnTime } from "../../checkers/i18-timers-on-time.ts";
import { blockOf, stepOf } from "../../program/build.ts";
import { findings, told } from "./tale.ts";

const TIMED_OUT =
  'HoldfastError("StepTimeoutError", "STEP_TIMEOUT", "Step \\"a\\" sent no heartbeat within 100 ms")';

/** What the checker says of a body that is alive at these instants and given up, or over, at the last. */
async function ofBody(sounds: readonly number[], end: "given up" | "over"): Promise<readonly string[]> {
  const tale = await told(async (run, at) => {
    const ended = run.start("a");
    const told = { run: "run", path: "a", start: 1 };
    for (const [place, instant] of sounds.entries()) {
      at.later(instant - (sounds[place - 1] ?? 0));
      if (place < sounds.length - 1) at.tell("host-0", { type: "beat", ...told, details: String(place) });
    }
    if (end === "over") ended();
    else at.tell("host-0", { type: "body-aborted", ...told, reason: TIMED_OUT });
  });
  return findings(timersOnTime, tale.evidence({ body: blockOf(stepOf("a", { heartbeatMs: 100 })) }));
}

it("lets a body go on while it tells that it is alive, and be given up after its silence", async () => {
  expect(await ofBody([90, 180, 270], "over")).toEqual([]);
  expect(await ofBody([90, 190], "given up")).toEqual([]);
});

it("speaks of a body that was silent for too long, and of one that was given up too soon", async () => {
  expect(await ofBody([90, 300], "over")).toEqual(['the body at "a" was silent for 210 ms of 100']);
  expect(await ofBody([90, 100], "given up")).toEqual([
    'the body at "a" was given up after 10 ms of silence, not 100',
  ]);
});

it("speaks of an attempt that hears something else than the one before had told last", async () => {
  const tale = await told(async (run, at) => {
    const failed = run.start("a");
    at.tell("host-0", { type: "beat", run: "run", path: "a", start: 1, details: "half" });
    failed({ ok: false, error: "no" });
    run.start("a", { attempt: 2, heard: "nothing" });
  });
  expect(findings(timersOnTime, tale.evidence())).toEqual([
    'attempt 2 at "a" heard nothing of the one before, which had told half',
  ]);
});
