import { decodeFailure, encodeFailure } from "../history/failure.ts";
import { defaultCodec } from "../history/payload.ts";
import { describe } from "../model/describe.ts";
import { InvalidArgumentError } from "../model/errors/argument-errors.ts";
import { CALLS, type WorkflowCalls } from "./calls.ts";

/**
 * Owns: calls and their outcomes as bytes.
 * Why: a platform's own way of passing values between objects changes some of them, and of errors it keeps little but
 * the message; here values arrive exactly or are refused (P8), and errors as what they were.
 */

type CallName = keyof WorkflowCalls;

const VALUE = 1;
const FAILURE = 0;

/** @throws UnserializableValueError, its path beginning with the call's name: `send[1].callback` */
export function encodeCall(name: CallName, given: readonly unknown[]): Uint8Array {
  return tagged(CALLS.indexOf(name), defaultCodec.encode([...given], name));
}

/** Makes the call that the bytes say of what `open` gives, and gives its outcome as bytes. */
export async function answerCall(open: () => WorkflowCalls, call: Uint8Array): Promise<Uint8Array> {
  try {
    const value = await makeCall(open(), call);
    return tagged(VALUE, defaultCodec.encode(value, "value"));
  } catch (error) {
    return tagged(FAILURE, encodeFailure(error));
  }
}

/** The value of an outcome; throws its error. */
export function readOutcome(outcome: Uint8Array): unknown {
  if (outcome[0] === FAILURE) throw decodeFailure(outcome.subarray(1));
  return defaultCodec.decode(outcome.subarray(1));
}

function makeCall(calls: WorkflowCalls, call: Uint8Array): Promise<unknown> {
  const name = CALLS[call[0] ?? CALLS.length];
  if (name === undefined) {
    throw new InvalidArgumentError(
      `An object is asked by one of ${CALLS.join(", ")}; got ${describe(call[0])}.`,
    );
  }
  const given = defaultCodec.decode(call.subarray(1)) as unknown[];
  return (calls[name] as (...given: unknown[]) => Promise<unknown>).apply(calls, given);
}

function tagged(tag: number, bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(bytes.length + 1);
  all[0] = tag;
  all.set(bytes, 1);
  return all;
}
