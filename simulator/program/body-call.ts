/** Something that a body does by a handle: of its host, or of a client in the same process. */
export interface BodyCall {
  /** Whose run it is about, by its number in the world. */
  readonly to: number | "self";
  readonly by: "host" | "client";
  /** Whether the body waits for the answer, which changes nothing of its result. */
  readonly awaited: boolean;
  readonly does:
    | { readonly api: "send"; readonly name: string; readonly body: string }
    | {
        readonly api: "request";
        readonly name: string;
        readonly body: string;
        readonly timeoutMs: number;
      }
    | { readonly api: "cancel"; readonly compensate: boolean }
    | { readonly api: "start" }
    | { readonly api: "wake" | "evict" | "pause" | "state" | "result" };
}

/** Who calls, and the key that is the same for all attempts of the step. */
export interface CallingBody {
  readonly run: string;
  readonly idempotencyKey: string;
}
