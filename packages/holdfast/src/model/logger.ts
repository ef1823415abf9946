/** One level of a logger: pino's call shape. */
export type LogMethod = (details: Readonly<Record<string, unknown>>, message: string) => void;

/**
 * Any logger of pino's shape; `console` will do. Errors come as `details.error`, so pino wants `pino({ errorKey: "error" })` to
 * write them out. The library never writes to the console by itself; the default is silence.
 */
export interface Logger {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
}

const nothing: LogMethod = () => {};

/** The default logger. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
