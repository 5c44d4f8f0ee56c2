// What had been promised to run by a year, what is planned now, what was built, and what was given up?

import { lastDay, shownDay } from "../base/asof.js";
import { planReader } from "./plans.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/**
 * A row of the family with the years that count: 0 for none. `outcome` is what has become of it.
 * @typedef {object} Pledge
 * @property {number} index
 * @property {number} amount
 * @property {number} first planned year
 * @property {number} latest planned year
 * @property {number} ran the year of its start, or of the first date by which it operated
 * @property {boolean} isBuilt whether the amount is what was built, and not a plan
 * @property {number} gaveUp the year in which it was paused or ended without having run
 * @property {boolean} isDue whether its first planned start is over
 * @property {"running" | "given_up" | "open"} outcome
 */
/**
 * For each of `years` the sums up to its end: what had first been promised, what the newest plans of it say that are not
 * given up, and what of it runs (`kept`); and of all, promised with a date or not, what is stated as built, what runs and of
 * which only the planned size is known, and what was given up. What has happened is null after the year that is shown.
 * @typedef {{years: number[]} & Record<"promised" | "planned" | "kept" | "built" | "as_planned" | "given_up", (number | null)[]>} Series
 */
/** Rows whose first planned start is over, by what became of them. @typedef {Record<"all" | "running" | "given_up" | "open", {rows: number, sum: number}>} Due */

const EARLIEST = 2010; // what ran before is in the first year's sums
const LATEST_AHEAD = 15; // years: a later plan is a mistyped one, or none to draw

/** @param {Dataset} dataset told @param {Uint32Array} rows @param {string} measure */
export function promised(dataset, rows, measure) {
  const pledges = pledgesOf(dataset, rows, measure);
  return { series: seriesOf(pledges, shownYear(dataset)), due: dueOf(pledges), pledges };
}

/** @param {Dataset} dataset */
function shownYear(dataset) {
  return new Date(shownDay(dataset.now) * 86_400_000).getUTCFullYear();
}

/** @param {Dataset} dataset @param {Uint32Array} rows @param {string} measure @returns {Pledge[]} */
export function pledgesOf(dataset, rows, measure) {
  const wanted = dataset.codes.measure.indexOf(measure);
  const { capacity, measure: measures } = dataset.now;
  const pledgeOf = pledgeReader(dataset);
  const found = [];
  for (const i of rows) if (measures[i] === wanted && !Number.isNaN(capacity[i])) found.push(pledgeOf(i));
  return found;
}

/** Reads rows by their columns: an object of each would cost more than all the adding. @param {Dataset} dataset */
function pledgeReader(dataset) {
  const { told, now } = dataset;
  const day = shownDay(now);
  const yearOf = Uint16Array.from(told.dates, (date) => Number(date.slice(0, 4)));
  const isOver = Uint8Array.from(told.dates, (date) => Number(date !== "" && lastDay(date) < day));
  const hasStopped = dataset.codes.status_group.map((group) => group === "paused" || group === "ended");
  const built = dataset.codes.capacity_basis.indexOf("actual");
  const plansOf = planReader(dataset);
  /** @param {number} index @returns {Pledge} */
  return (index) => {
    const { first, latest, actual, by } = plansOf(index);
    const ran = yearOf[actual || by];
    const isGivenUp = ran === 0 && hasStopped[dataset.groupOfStatus[now.status[index]]];
    return {
      index,
      amount: now.capacity[index],
      first: yearOf[first],
      latest: yearOf[latest],
      ran,
      isBuilt: now.capacityBasis[index] === built,
      gaveUp: isGivenUp ? yearOf[told.steps.since[now.step ? now.step[index] : 0]] : 0,
      isDue: isOver[first] === 1,
      outcome: ran > 0 ? "running" : isGivenUp ? "given_up" : "open",
    };
  };
}

/** @param {Pledge[]} pledges @param {number} now the year that is shown @returns {Series} */
function seriesOf(pledges, now) {
  const named = pledges
    .flatMap(({ first, latest, ran, gaveUp }) => [first, latest, ran, gaveUp])
    .filter((year) => year > 0);
  const from = Math.max(EARLIEST, Math.min(now, ...named));
  const to = Math.min(now + LATEST_AHEAD, Math.max(now, ...named));
  const years = Array.from({ length: to - from + 1 }, (_none, k) => from + k);
  /** @param {(pledge: Pledge) => number} year in which it counts, 0 for never */
  const sums = (year) => runningSums(pledges, year, years);
  /** @param {number[]} values */
  const past = (values) => values.map((value, k) => (years[k] <= now ? value : null));
  return {
    years,
    promised: sums(({ first }) => first),
    planned: sums(({ latest, outcome }) => (outcome === "given_up" ? 0 : latest)),
    kept: past(sums(({ first, ran }) => (first > 0 ? ran : 0))),
    built: past(sums(({ ran, isBuilt }) => (isBuilt ? ran : 0))),
    as_planned: past(sums(({ ran, isBuilt }) => (isBuilt ? 0 : ran))),
    given_up: past(sums(({ gaveUp }) => gaveUp)),
  };
}

/** @param {Pledge[]} pledges @param {(pledge: Pledge) => number} yearOfPledge @param {number[]} years */
function runningSums(pledges, yearOfPledge, years) {
  const added = new Float64Array(years.length);
  for (const pledge of pledges) {
    const year = yearOfPledge(pledge);
    if (year > 0 && year <= years[years.length - 1]) added[Math.max(0, year - years[0])] += pledge.amount;
  }
  let sum = 0;
  return Array.from(added, (amount) => (sum += amount));
}

/** @param {Pledge[]} pledges @returns {Due} */
export function dueOf(pledges) {
  const none = () => ({ rows: 0, sum: 0 });
  const due = { all: none(), running: none(), given_up: none(), open: none() };
  for (const { amount, isDue, outcome } of pledges) {
    if (!isDue) continue;
    for (const part of [due.all, due[outcome]]) {
      part.rows += 1;
      part.sum += amount;
    }
  }
  return due;
}

/**
 * What became of those that are due, by country or by party, those that promised most first. A project counts at each of its
 * parties and at each who holds them.
 * @param {Dataset} dataset @param {Pledge[]} pledges @param {"country" | "owner"} dimension @param {number} most
 * @returns {{at: number, due: Due}[]}
 */
export function dueBy(dataset, pledges, dimension, most) {
  /** @type {Map<number, Pledge[]>} */
  const groups = new Map();
  for (const pledge of pledges) {
    if (!pledge.isDue) continue;
    for (const at of positionsOf(dataset, pledge.index, dimension)) {
      const own = groups.get(at);
      if (own) own.push(pledge);
      else groups.set(at, [pledge]);
    }
  }
  const found = [...groups].map(([at, own]) => ({ at, due: dueOf(own) }));
  return found.sort((a, b) => b.due.all.sum - a.due.all.sum).slice(0, most);
}

/** @param {Dataset} dataset @param {number} i @param {"country" | "owner"} dimension */
function positionsOf(dataset, i, dimension) {
  if (dimension === "country") return [dataset.country[i]];
  const { starts, values } = dataset.told.owner;
  return values.subarray(starts[i], starts[i + 1]);
}
