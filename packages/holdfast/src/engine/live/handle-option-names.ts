import { type OptionNames, optionNames } from "../../model/option-names.ts";
import type { RequestOptions, RunControls, RunHandle, SendOptions } from "./run-handle.ts";

/** Owns: the names of the options of handles, whoever runs the run. */

type First<Method> = Method extends (options: infer Options) => unknown ? NonNullable<Options> : never;

export const SEND_OPTIONS: OptionNames = optionNames<SendOptions>({ messageId: true, expiresIn: true });
export const REQUEST_OPTIONS: OptionNames = optionNames<RequestOptions>({
  messageId: true,
  expiresIn: true,
  timeout: true,
});
export const CANCEL_OPTIONS: OptionNames = optionNames<First<RunControls<unknown>["cancel"]>>({
  compensate: true,
});
export const REWIND_OPTIONS: OptionNames = optionNames<First<RunControls<unknown>["rewind"]>>({ to: true });
export const DRIVER_FORK_OPTIONS: OptionNames = optionNames<First<RunHandle<unknown>["fork"]>>({
  from: true,
  workflowId: true,
  driver: true,
});
