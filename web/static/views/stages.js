// Which stages did a project go through, and over which time? What is drawn of it, as numbers between 0 and 1.

import { NONE, firstDay, lastDay, today } from "../base/asof.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("../base/dataset.js").Term} Term */
/**
 * A stage from its first day until the next one's, in days from 1970; `since` and `basis` are its date and what that is.
 * @typedef {{status: Term, since: string, basis: Term | null, from: number, to: number}} Stage
 */
/** The days that are shown, and the years at which lines are drawn. @typedef {{from: number, to: number, years: number[]}} Axis */

const MOST_LINES = 8;
const STEPS = [1, 2, 5, 10, 20, 50];

/** The stages that were reached by the day of `dataset.now`, oldest first. @param {Dataset} dataset told @param {number} index @returns {Stage[]} */
export function stagesOf(dataset, index) {
  const { now, told } = dataset;
  if (!now.there[index] || now.step === null) return [];
  /** @type {Stage[]} */
  const reached = [];
  for (let at = told.steps.starts[index]; at <= now.step[index]; at += 1) reach(reached, stageAt(dataset, at));
  const end = endOf(dataset);
  return reached.map((stage, i) => ({ ...stage, to: Math.max(stage.from, reached[i + 1]?.from ?? end) }));
}

/** The day that is shown, in days from 1970. @param {Dataset} dataset */
export function endOf({ now }) {
  return now.date === null ? today() : Math.min(today(), lastDay(now.date));
}

/** @param {Dataset} dataset @param {number} at a step @returns {Stage} */
function stageAt(dataset, at) {
  const { steps, dates } = dataset.told;
  const since = dates[steps.since[at]];
  const basis = steps.sinceBasis[at];
  return {
    status: dataset.term("status", steps.status[at]),
    since,
    basis: basis === NONE ? null : dataset.term("status_date_basis", basis),
    from: since ? firstDay(since) : NaN,
    to: NaN,
  };
}

/** A step may repeat a stage, or take the last one back. @param {Stage[]} reached @param {Stage} stage */
function reach(reached, stage) {
  const same = (/** @type {Stage | undefined} */ other) => other?.status.code === stage.status.code;
  const before = reached.at(-2);
  if (!stage.since || same(reached.at(-1))) return;
  if (same(before) && before?.since === stage.since) reached.pop();
  else reached.push({ ...stage, from: Math.max(stage.from, reached.at(-1)?.from ?? -Infinity) });
}

/** One axis for all of these. @param {readonly (readonly Stage[])[]} all @param {readonly string[]} expected dates @param {number} end @returns {Axis | null} */
export function axisOf(all, expected, end) {
  const from = Math.min(...all.flat().map((stage) => stage.from));
  if (!Number.isFinite(from)) return null;
  const to = Math.max(end, ...expected.map(lastDay));
  const margin = (to - from) * 0.02 + 1;
  return { from: from - margin, to: to + margin, years: yearsBetween(from - margin, to + margin) };
}

/** @param {number} from @param {number} to */
function yearsBetween(from, to) {
  const [first, last] = [yearOf(from) + 1, yearOf(to)];
  const step = STEPS.find((each) => (last - first) / each <= MOST_LINES) ?? 100;
  const start = Math.ceil(first / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((last - start) / step) + 1) }, (_, i) => start + i * step);
}

/** @param {number} day */
function yearOf(day) {
  return new Date(day * 86_400_000).getUTCFullYear();
}

/** Where a day lies, from 0 to 1. @param {Axis} axis @param {number} day */
export function placeOf(axis, day) {
  return (day - axis.from) / (axis.to - axis.from);
}

/**
 * How much later a start is than it was first told: in months where both name one, else in years; 0 for as told.
 * @param {string} first @param {string} now @returns {{unit: "months" | "years", count: number}}
 */
export function slippage(first, now) {
  const [early, late] = [first, now].map((date) => date.split("-").map(Number));
  const years = late[0] - early[0];
  if (early.length < 2 || late.length < 2) return { unit: "years", count: years };
  const months = years * 12 + late[1] - early[1];
  return months % 12 === 0 && months !== 0 ? { unit: "years", count: months / 12 } : { unit: "months", count: months };
}
