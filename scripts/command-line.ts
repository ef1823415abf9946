import { type ParseArgsConfig, parseArgs } from "node:util";

/** What was asked for; ends the process with one line and the usage when that cannot be understood. */
export function commandLine<const Config extends ParseArgsConfig>(
  config: Config,
  usage: string,
): ReturnType<typeof parseArgs<Config>>["values"] {
  try {
    return parseArgs(config).values;
  } catch (error) {
    return wrongUsage(error instanceof Error ? error.message : String(error), usage);
  }
}

/** Ends the process with one line and the usage. */
export function wrongUsage(problem: string, usage: string): never {
  process.stderr.write(`${problem}\n\n${usage}`);
  process.exit(2);
}

/** The number that an option was given, above 0; ends the process when it is none. Undefined when it was not given. */
export function amount(text: string | undefined, option: string, usage: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  return wrongUsage(`--${option} takes a number above 0; got "${text}".`, usage);
}
