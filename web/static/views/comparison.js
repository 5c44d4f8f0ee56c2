// What is said of several projects side by side, line by line?

import { endOf, stagesOf, slippage } from "./stages.js";
import { lastDay } from "../base/asof.js";
import { dateText, numberText, say } from "../base/texts.js";
import { sinceText } from "../base/words.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("../base/row.js").Row} Row */
/**
 * What stands in a cell: a text, what is added to it, and how long a bar is, from 0 to 1. `quiet` texts say that
 * nothing is known.
 * @typedef {{text: string, notes: string[], bar: number | null, quiet: boolean}} Cell
 */
/** A line of the comparison; `differs` where its cells do not all say the same, of what need not differ by itself. @typedef {{name: string, cells: Cell[], differs: boolean}} Line */

/** @type {[string, (row: Row, all: Row[], dataset: Dataset) => Cell][]} */
const LINES = [
  ["stage", stage],
  ["kind", (row) => cell(row.kind.label)],
  ["place", place],
  ["capacity", capacity],
  ["owners", (row) => (row.owners ? cell(row.owners) : unknown())],
  ["start", start],
  ["freshness", freshness],
  ["sources", (row) => cell(numberText(row.sources))],
  ["history", history],
];

const ALWAYS_DIFFER = ["freshness", "sources", "history"];

/** @param {Dataset} dataset told @param {Row[]} rows @returns {Line[]} */
export function comparison(dataset, rows) {
  return LINES.map(([name, tell]) => {
    const cells = rows.map((row) => tell(row, rows, dataset));
    const differs = !ALWAYS_DIFFER.includes(name) && new Set(cells.map(({ text }) => text)).size > 1;
    return { name, cells, differs };
  });
}

/** @param {string} text @param {string[]} notes @returns {Cell} */
function cell(text, ...notes) {
  return { text, notes: notes.filter(Boolean), bar: null, quiet: false };
}

/** @returns {Cell} */
function unknown(text = say("compare.not_stated")) {
  return { text, notes: [], bar: null, quiet: true };
}

/** @param {Row} row @param {Row[]} _all @param {Dataset} dataset */
function stage(row, _all, dataset) {
  return dataset.now.there[row.index] ? cell(row.status.label, sinceText(row)) : unknown(say("compare.not_yet"));
}

/** @param {Row} row */
function place(row) {
  const accuracy = row.accuracy.label;
  const radius = row.radius;
  const known = Number.isNaN(radius) ? accuracy : say("compare.within", { accuracy, radius });
  return cell(row.countryName, row.region, known);
}

/** Bars compare what one unit family measures, and nothing across them. @param {Row} row @param {Row[]} all */
function capacity(row, all) {
  const own = row.capacity;
  if (own === null) return unknown();
  const alike = all.flatMap(({ capacity: other }) => (other?.measure.code === own.measure.code ? [other.amount] : []));
  const amount = say("compare.amount", { amount: own.amount, unit: own.measure.unit ?? "" });
  const told = cell(amount, own.measure.label, own.basis.label);
  return { ...told, bar: alike.length > 1 ? own.amount / Math.max(...alike) : null };
}

/** The plan that was told first, the newest, and what came of it. @param {Row} row @param {Row[]} _all @param {Dataset} dataset */
function start(row, _all, dataset) {
  const { actual, by, planned } = row.start;
  const [first] = planned ? row.plans : [];
  const hasPassed = planned !== "" && !actual && !by && lastDay(planned) < endOf(dataset);
  const plans = [
    planned ? say("compare.planned_start", { date: dateText(planned) }) : "",
    first && first !== planned ? say("compare.first_planned", { date: dateText(first) }) : "",
    first && !by ? late(first, actual || planned) : "",
    hasPassed ? say("compare.passed") : "",
  ];
  if (actual) return cell(say("compare.started", { date: dateText(actual) }), ...plans);
  if (by) return cell(say("compare.operating_by", { date: dateText(by) }), ...plans);
  const [text, ...notes] = plans.filter(Boolean);
  return text ? cell(text, ...notes) : unknown();
}

/** @param {string} first the date that was told first @param {string} now */
function late(first, now) {
  const { unit, count } = slippage(first, now);
  if (count === 0) return say("compare.as_first_planned");
  return say(`compare.${unit}_${count > 0 ? "later" : "earlier"}`, { count: Math.abs(count) });
}

/** @param {Row} row */
function freshness(row) {
  return row.newest ? cell(dateText(row.newest), row.isStale ? say("compare.stale") : "") : unknown();
}

/** @param {Row} row @param {Row[]} _all @param {Dataset} dataset */
function history(row, _all, dataset) {
  const said = stageTexts(dataset, row.index);
  return said.length ? cell(said[0], ...said.slice(1)) : unknown(say("compare.no_stages"));
}

/** Each stage with its date. @param {Dataset} dataset @param {number} index */
export function stageTexts(dataset, index) {
  return stagesOf(dataset, index).map(({ status, since, basis }) =>
    say("compare.stage_since", { stage: status.label, since: sinceText({ since, sinceBasis: basis }) }),
  );
}
