import { validate } from "../../model/schema.ts";
import type { WorkflowDefinition } from "../../model/workflow.ts";
import type { EngineSettings } from "../pass/pass-settings.ts";
import { Patience } from "../pass/patience.ts";

/**
 * The input that a caller gave for a run, as it was at that instant: what the caller does to the object afterwards
 * changes nothing (P8).
 */
export class GivenInput {
  readonly #settings: EngineSettings;
  readonly #definition: WorkflowDefinition;
  readonly #patience: Patience;
  /** Whether the pass that is being opened is to be left. */
  #left = false;
  /** Whether the last pass was left because it took too long. */
  unanswered = false;
  readonly #encoded: () => Uint8Array | Promise<Uint8Array>;

  constructor(settings: EngineSettings, definition: WorkflowDefinition, input: unknown) {
    this.#settings = settings;
    this.#definition = definition;
    this.#patience = new Patience(settings.world.clock, () => this.#left);
    this.#encoded = encodedNow(settings, input);
  }

  /** What comes of it for a pass; null when that is to be left, and it takes too long. */
  async forPass<Value>(work: Promise<Value>): Promise<Value | null> {
    try {
      const done = await this.#patience.wait(work);
      this.unanswered = done === null;
      return done?.value ?? null;
    } finally {
      this.#left = false;
    }
  }

  /** The pass that may be waiting for it is to be left. */
  leave(): void {
    this.#left = true;
    this.#patience.hurry();
  }

  /** The input before any schema. @throws UnserializableValueError */
  async asGiven(): Promise<{ readonly value: unknown; readonly encoded: Uint8Array }> {
    const encoded = await this.#encoded();
    return { value: await this.#settings.codec.decode(encoded), encoded };
  }

  /**
   * The input as the workflow's schema gives it.
   * @throws UnserializableValueError, ValidationError
   */
  async validated(): Promise<unknown> {
    const { value: input } = await this.asGiven();
    const { input: schema, name } = this.#definition;
    return schema === undefined
      ? input
      : validate(schema, input, `The input of workflow ${JSON.stringify(name)}`);
  }
}

/** Encodes at once; that it cannot be encoded matters only to a run that does not exist yet. */
function encodedNow(settings: EngineSettings, input: unknown): () => Uint8Array | Promise<Uint8Array> {
  try {
    const encoded = settings.codec.encode(input, "input");
    if (!(encoded instanceof Uint8Array)) encoded.catch(() => {});
    return () => encoded;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
