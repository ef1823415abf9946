import { expect, test } from "vitest";
import { interleave, planCells } from "../src/plan.ts";
import { cellsOf, subject, work } from "./cells.ts";

const everything = { works: [], peers: [], quick: false };

test("a work that a subject cannot do stays in the plan, with the reason", () => {
  const peer = subject("peer", { gaps: { W1: "it has no steps" } });
  const cells = planCells([work("W1", [{ label: "10", count: 10 }])], [peer], everything);
  expect(cells.map(({ gap }) => gap)).toEqual(["it has no steps"]);
});

test("a size beyond what a subject can record stays in the plan, with the limit", () => {
  const sizes = [
    { label: "10", count: 10, operations: 10 },
    { label: "2,000", count: 2_000, operations: 2_000 },
  ];
  const cells = planCells([work("W1", sizes)], [subject("peer", { mostOperations: 1_000 })], everything);
  expect(cells.map(({ gap }) => gap)).toEqual([undefined, "a run may have 1,000 operations at most"]);
});

test("a choice of peers keeps Holdfast and the limits beside them", () => {
  const subjects = ["limits", "holdfast-memory", "rivet-memory", "dbos"].map((id) => subject(id));
  const works = [
    work("L", [{ label: "", count: 1, only: "limits" }]),
    work("W1", [{ label: "10", count: 10 }]),
  ];
  const cells = planCells(works, subjects, { ...everything, peers: ["dbos"] });
  expect(cells.map(({ work: { id }, subject: { id: of } }) => `${id} ${of}`)).toEqual([
    "L limits",
    "W1 holdfast-memory",
    "W1 dbos",
  ]);
});

test("subjects of one size follow each other, and each repetition begins with another", () => {
  const sizes = [
    { label: "1", count: 1 },
    { label: "2", count: 2 },
  ];
  const cells = cellsOf([subject("a"), subject("b")], work("W1", sizes));
  const order = (repetition: number): string[] =>
    interleave(cells, repetition).map(({ workCase, subject: { id } }) => `${workCase.label}${id}`);
  expect(order(0)).toEqual(["1a", "1b", "2a", "2b"]);
  expect(order(1)).toEqual(["1b", "1a", "2b", "2a"]);
});

test("small sizes of all works come before large ones", () => {
  const sizes = [
    { label: "1", count: 1 },
    { label: "9", count: 9 },
  ];
  const cells = [
    ...cellsOf([subject("a")], work("W1", sizes)),
    ...cellsOf([subject("a")], work("W2", sizes)),
  ];
  expect(interleave(cells, 0).map(({ work: { id }, workCase }) => `${id} ${workCase.label}`)).toEqual([
    "W1 1",
    "W2 1",
    "W1 9",
    "W2 9",
  ]);
});
