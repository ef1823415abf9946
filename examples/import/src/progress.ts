import { SingleBar } from "cli-progress";

/** One bar from the first row to the last handler, however often the worker dies behind it. */
export class Progress {
  readonly #bar: SingleBar = new SingleBar({
    format: "{phase} |{bar}| {percentage} %  {value}/{total} rows  kills {kills}",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 30,
    hideCursor: true,
    stream: process.stdout,
    // Where nobody watches, as in a log file, a line now and then.
    noTTYOutput: true,
    notTTYSchedule: 2_000,
    formatValue: (value, _options, type) =>
      type === "percentage" ? String(value).padStart(3) : value.toLocaleString("en"),
  });

  start(rows: number): void {
    this.#bar.start(rows, 0, { phase: "starting".padEnd(12), kills: 0 });
  }

  show(rows: number, about: { readonly phase: string; readonly kills: number }): void {
    this.#bar.update(rows, { ...about, phase: about.phase.padEnd(12) });
  }

  stop(): void {
    this.#bar.stop();
  }
}
