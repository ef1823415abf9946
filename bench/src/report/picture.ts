import { shortNumber } from "./number.ts";
import { medianOf, type Report, repetitionsOf } from "./report.ts";

/** One comparison of the picture: a figure, and the subjects that stand for it. */
interface Panel {
  readonly title: string;
  readonly note: string;
  readonly work: string;
  readonly workCase: string;
  readonly figure: string;
  readonly unit: string;
}

const PANELS: readonly Panel[] = [
  {
    title: "Steps in sequence",
    note: "per second, one run of 1,000; more is better",
    work: "W1",
    workCase: "1,000",
    figure: "stepsPerSecond",
    unit: "",
  },
  {
    title: "Many runs at once",
    note: "steps per second, 500 runs of five; more is better",
    work: "W2",
    workCase: "500",
    figure: "stepsPerSecond",
    unit: "",
  },
  {
    title: "Resume after 10,000 steps",
    note: "to the first new body; less is better",
    work: "W3",
    workCase: "10,000",
    figure: "milliseconds",
    unit: " ms",
  },
  {
    title: "Message round trip",
    note: "median; less is better",
    work: "W4",
    workCase: "fresh runs",
    figure: "p50",
    unit: " ms",
  },
  {
    title: "Create 10,000 sleeping runs",
    note: "less is better",
    work: "W5",
    workCase: "10,000, not in memory",
    figure: "createSeconds",
    unit: " s",
  },
  {
    title: "Loop of 10,000 iterations",
    note: "per second; more is better",
    work: "W6",
    workCase: "10,000",
    figure: "iterationsPerSecond",
    unit: "",
  },
  {
    title: "A join of 1,000 branches",
    note: "one step each; less is better",
    work: "W8",
    workCase: "join of 1,000",
    figure: "milliseconds",
    unit: " ms",
  },
];

/** Only what stores durably is compared. */
const SHOWN = (id: string): boolean => id !== "limits" && !id.endsWith("memory");

const COLUMNS = 2;
const PANEL_WIDTH = 440;
const GAP = 40;
const MARGIN = 24;
const ROW = 22;
const LABEL_WIDTH = 184;
const VALUE_WIDTH = 84;
const BAR_WIDTH = PANEL_WIDTH - LABEL_WIDTH - VALUE_WIDTH;
const HEAD = 52;
const TITLE_HEIGHT = 64;

const STYLE = `
  text { font: 12px system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; fill: #1f2328; }
  .title { font-size: 18px; font-weight: 600; } .panel { font-size: 14px; font-weight: 600; }
  .note, .none { fill: #59636e; } .ours { font-weight: 600; }
  .paper { fill: #ffffff; } .bar { fill: #afb8c1; } .bar.ours { fill: #0969da; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .note, .none { fill: #9198a1; }
    .paper { fill: #0d1117; } .bar { fill: #484f58; } .bar.ours { fill: #4493f8; }
  }`;

/** The picture for the README: bars from zero, one scale in each panel, readable on light and dark paper. */
export function picture(report: Report): string {
  const subjects = report.subjects.filter(({ id }) => SHOWN(id) && id !== "holdfast-postgres");
  const panelHeight = HEAD + subjects.length * ROW;
  // What there was no time for is no comparison.
  const shown = PANELS.filter((panel) =>
    valuesOf(report, panel, subjects).some((value) => value !== undefined),
  );
  const rows = Math.ceil(shown.length / COLUMNS);
  const width = MARGIN * 2 + COLUMNS * PANEL_WIDTH + (COLUMNS - 1) * GAP;
  const height = MARGIN + TITLE_HEIGHT + rows * (panelHeight + GAP);
  const panels = shown.map((panel, index) => {
    const x = MARGIN + (index % COLUMNS) * (PANEL_WIDTH + GAP);
    const y = MARGIN + TITLE_HEIGHT + Math.floor(index / COLUMNS) * (panelHeight + GAP);
    return `<g transform="translate(${x} ${y})">${panelOf(report, panel, subjects)}</g>`;
  });
  const { machine, measuredAt } = report;
  const about = `${measuredAt.slice(0, 10)}, ${machine.cores} cores, one disk, Node ${machine.node.slice(1)}; ${repetitionsOf(report)}. FULL and PostgreSQL: every commit is synced to the disk.`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Holdfast beside other durable workflow engines">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="paper" width="${width}" height="${height}" rx="8"/>`,
    text({ x: MARGIN, y: MARGIN + 18, kind: "title" }, "Side by side on one machine"),
    text({ x: MARGIN, y: MARGIN + 40, kind: "note" }, about),
    ...panels,
    "</svg>\n",
  ].join("\n");
}

function valuesOf(
  report: Report,
  panel: Panel,
  subjects: Report["subjects"],
): readonly (number | undefined)[] {
  const { work, workCase, figure } = panel;
  return subjects.map(({ id }) => medianOf(report, { work, workCase, subject: id }, figure));
}

function panelOf(report: Report, panel: Panel, subjects: Report["subjects"]): string {
  const values = valuesOf(report, panel, subjects);
  const greatest = Math.max(...values.filter((value) => value !== undefined), Number.MIN_VALUE);
  const parts = [
    text({ x: 0, y: 14, kind: "panel" }, panel.title),
    text({ x: 0, y: 32, kind: "note" }, panel.note),
  ];
  subjects.forEach(({ id, label }, index) => {
    const y = HEAD + index * ROW;
    const kind = id.startsWith("holdfast") ? "ours" : "";
    const value = values[index];
    parts.push(text({ x: LABEL_WIDTH - 8, y: y + 13, kind, end: true }, label));
    if (value === undefined) {
      parts.push(text({ x: LABEL_WIDTH, y: y + 13, kind: "none" }, "not possible, or too slow"));
      return;
    }
    const length = Math.max(1, (value / greatest) * BAR_WIDTH).toFixed(1);
    parts.push(
      `<rect class="bar ${kind}" x="${LABEL_WIDTH}" y="${y + 2}" width="${length}" height="${ROW - 7}" rx="2"/>`,
      text({ x: LABEL_WIDTH + Number(length) + 6, y: y + 13, kind }, `${shortNumber(value)}${panel.unit}`),
    );
  });
  return parts.join("");
}

function text(at: { x: number; y: number; kind: string; end?: boolean }, content: string): string {
  const anchor = at.end === true ? ` text-anchor="end"` : "";
  const safe = content.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  return `<text class="${at.kind}" x="${at.x}" y="${at.y}"${anchor}>${safe}</text>`;
}
