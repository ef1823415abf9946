import { gives, stepOf } from "../program/build.ts";
import type { Branch } from "../program/program.ts";
import type { Writing } from "./writing.ts";

/** Statements that an armed race is, itself included. */
export const ARMED_RACE_SIZE = 4;

/** Branches of which one loses most likely, after a step of it was committed that a rollback has to undo. */
export function armedRace(writing: Writing): Branch[] {
  const { prng, steps } = writing;
  const loser = writing.names();
  const armed = steps.step(loser.operation("step"), { armed: true, quick: true });
  const slow = stepOf(loser.operation("slow"), { attempts: [gives("number", 400)] });
  const winner = stepOf(writing.names().operation("winner"), { attempts: [gives("number", 60)] });
  const names = writing.names();
  const branches: Branch[] = [
    { name: names.branch(), body: { statements: [armed, slow] } },
    { name: names.branch(), body: { statements: [winner] } },
  ];
  return prng.shuffle(branches);
}
