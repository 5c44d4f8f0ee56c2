// How many projects stood at which stage in each month? From the steps of the rows, in one pass.

import { isoDate } from "../base/asof.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("../base/asof.js").Steps} Steps */
/**
 * Months as `YYYY-MM`, oldest first, and for each group (by position) how many rows stood in it at the end of each.
 * @typedef {{months: string[], counts: Uint32Array[]}} Series
 */

/** The number of a month: years times twelve. @param {string} month */
function numberOf(month) {
  const [year, part] = month.split("-").map(Number);
  return year * 12 + part - 1;
}

/** @param {number} number */
function nameOf(number) {
  return `${Math.floor(number / 12)}-${String((number % 12) + 1).padStart(2, "0")}`;
}

/** All months between two, both included. @param {string} first @param {string} last */
export function monthsBetween(first, last) {
  const [from, to] = [numberOf(first), numberOf(last)];
  return Array.from({ length: Math.max(0, to - from + 1) }, (_none, i) => nameOf(from + i));
}

/**
 * The months from which on enough is known to be worth showing, up to this one.
 * @param {Dataset} dataset told @param {Uint32Array} rows @param {string} earliest @param {string} last @returns {Series}
 */
export function series(dataset, rows, earliest, last) {
  const months = monthsBetween(earliest, last);
  const { steps } = dataset.told;
  const counts = dataset.codes.status_group.map(() => new Uint32Array(months.length));
  const changes = dataset.codes.status_group.map(() => new Int32Array(months.length + 1));
  const start = numberOf(earliest);
  const monthOf = monthsOfSteps(steps);
  for (let k = 0; k < rows.length; k += 1) {
    const i = rows[k];
    let group = -1;
    for (let at = steps.starts[i]; at < steps.starts[i + 1]; at += 1) {
      const next = dataset.groupOfStatus[steps.status[at]];
      if (next === group) continue;
      const month = Math.min(months.length, Math.max(0, monthOf[at] - start));
      if (group >= 0) changes[group][month] -= 1;
      changes[next][month] += 1;
      group = next;
    }
  }
  counts.forEach((count, group) => {
    for (let month = 0, sum = 0; month < months.length; month += 1) count[month] = sum += changes[group][month];
  });
  return { months, counts };
}

/** @type {WeakMap<Steps, Int32Array>} */
const monthsOf = new WeakMap();

/** The number of each step's month: steps stay what they are. @param {Steps} steps */
function monthsOfSteps(steps) {
  let found = monthsOf.get(steps);
  if (!found) {
    /** @type {Map<number, number>} */
    const known = new Map();
    found = Int32Array.from(steps.day, (day) => {
      let month = known.get(day);
      if (month === undefined) known.set(day, (month = Math.abs(day) > 1e7 ? Math.sign(day) * 1e6 : numberOf(isoDate(day).slice(0, 7))));
      return month;
    });
    monthsOf.set(steps, found);
  }
  return found;
}

/**
 * How many rows that have not operated are expected to start in each year after this one's month.
 * @param {Dataset} dataset told @param {Uint32Array} rows @param {number} year this year @returns {Map<number, number>}
 */
export function expectedStarts(dataset, rows, year) {
  const { steps, dates } = dataset.told;
  const { step } = dataset.now;
  const found = new Map();
  const yearOf = Uint16Array.from(dates, (date) => Number(date.slice(0, 4)));
  for (let k = 0; k < rows.length; k += 1) {
    const at = step ? step[rows[k]] : steps.starts[rows[k]];
    if (steps.actual[at] || steps.by[at] || !steps.planned[at]) continue;
    const planned = yearOf[steps.planned[at]];
    if (planned >= year) found.set(planned, (found.get(planned) ?? 0) + 1);
  }
  return found;
}
