import { SegmentType } from "./location.ts";
import type { Place } from "./place.ts";

/**
 * Where the answers to one message stand: below the wait that received it, at its number among the messages of the wait. The
 * one that is given after a refused one stands as many numbers further as there are messages.
 */
export interface AnswersTo {
  readonly wait: Place;
  /** The message's number. */
  readonly index: number;
  /** How many the wait received. */
  readonly messages: number;
}

/** The place of the answer that was taken, or is the next to be given, as of a turn: the first that is not refused by then. */
export function answerPlace({ wait, index, messages }: AnswersTo, turn: number): Place {
  for (let value = index; ; value += messages) {
    const place = wait.child({ type: SegmentType.answer, value });
    const { entry } = place;
    if (entry === null || entry.status !== "failed" || entry.sequence > turn) return place;
  }
}

/** The number of the message that the answer at this one is to, among so many of a wait. */
export function answeredNumber(value: number, messages: number): number {
  return value % messages;
}
