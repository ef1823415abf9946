import { type Options, SingleBar } from "cli-progress";

/** One bar from the first row to the last handler, however often the worker dies behind it. */
export class Progress {
  readonly #bar: SingleBar;

  constructor(totalRows: number) {
    const options: Options = {
      format: "{phase} |{bar}| {percentage} %  {value}/{total} rows  {kills} kills",
      barCompleteChar: "█",
      barIncompleteChar: "░",
      barsize: 30,
      hideCursor: true,
      stopOnComplete: false,
      stream: process.stdout,
      formatValue: (value, _options, type) => (type === "percentage" ? String(value).padStart(3) : value.toLocaleString("en")),
      // A log file gets a line now and then.
      noTTYOutput: true,
      notTTYSchedule: 1_000,
    };
    this.#bar = new SingleBar(options);
    this.#bar.start(totalRows, 0, { phase: "importing", kills: 0 });
  }

  show(rows: number, about: { phase: string; kills: number }): void {
    this.#bar.update(rows, { ...about, phase: about.phase.padEnd(12) });
  }

  stop(): void {
    this.#bar.stop();
  }
}
